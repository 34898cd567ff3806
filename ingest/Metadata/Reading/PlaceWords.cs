using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Reading;

/// <summary>Whether XMP or IPTC names a place; never which. XML is searched as bytes, so that no entity is ever expanded.</summary>
internal static class PlaceWords
{
    /// <summary>XMP part 2 (exif, photoshop) and IPTC photo metadata 2023 (Core, Extension), under any prefix.</summary>
    internal static bool InXmp(ReadOnlySpan<byte> packet) =>
        packet.IndexOf("GPSL"u8) >= 0 || packet.IndexOf("GPSDestL"u8) >= 0 || packet.IndexOf("GPSAreaI"u8) >= 0
        || packet.IndexOf(":City"u8) >= 0 || packet.IndexOf(":State"u8) >= 0 || packet.IndexOf(":ProvinceState"u8) >= 0
        || packet.IndexOf(":Country"u8) >= 0 || packet.IndexOf(":Location"u8) >= 0 || packet.IndexOf(":Sublocation"u8) >= 0;

    /// <summary>Data of a JPEG APP13 segment, or a bare block of IPTC-IIM: has it captions, and do they name a place?</summary>
    internal static (bool Captions, bool Place) InPhotoshop(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> head = "Photoshop 3.0\0"u8, resource = "8BIM"u8;
        if (!data.StartsWith(head)) return InIptc(data);
        data = data[head.Length..];
        bool captions = false, place = false;
        while (data.Length >= 12 && data.StartsWith(resource))
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(data[4..]);
            var name = (data[6] + 2) & ~1;
            if (data.Length < 10 + name) break;
            var size = BinaryPrimitives.ReadUInt32BigEndian(data[(6 + name)..]);
            data = data[(10 + name)..];
            var taken = (int)Math.Min(size, (uint)data.Length);
            if (id == 0x0404)
            {
                var (found, named) = InIptc(data[..taken]);
                captions |= found;
                place |= named;
            }
            data = data[Math.Min(data.Length, taken + (taken & 1))..];
        }
        return (captions, place);
    }

    // IIM 4.2 section 2: content location code and name, city, sublocation, province, country code and name.
    private static (bool Captions, bool Place) InIptc(ReadOnlySpan<byte> data)
    {
        bool captions = false, place = false;
        while (data.Length >= 5 && data[0] == 0x1C)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
            captions = true;
            place |= data[1] == 2 && data[2] is 26 or 27 or 90 or 92 or 95 or 100 or 101 && length > 0;
            data = data[Math.Min(data.Length, 5 + length)..];
        }
        return (captions, place);
    }
}
