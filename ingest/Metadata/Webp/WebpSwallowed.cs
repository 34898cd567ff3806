using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>
/// A length that lies makes coded data swallow what stands behind it, and decoders do not mind. Such a part is known by its letters at an
/// even place and a length that fits, which honest data has in one picture of some ten million.
/// </summary>
internal static class WebpSwallowed
{
    // The first two letters of each, as a little-endian number.
    private const ushort Exif = 'X' << 8 | 'E', Xmp = 'M' << 8 | 'X', Profile = 'C' << 8 | 'I';

    internal static void Check(ReadOnlySpan<byte> coded)
    {
        var pairs = MemoryMarshal.Cast<byte, ushort>(coded);
        for (int at = 0, next; (next = pairs[at..].IndexOfAny(Exif, Xmp, Profile)) >= 0; at++)
        {
            at += next;
            var part = coded[(2 * at)..];
            if (part.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(part) is WebpType.Exif or WebpType.Xmp or WebpType.Profile
                && BinaryPrimitives.ReadUInt32LittleEndian(part[4..]) <= part.Length - 8)
                throw PictureRefused.Malformed("there is a part of another kind in its pixels");
        }
    }
}
