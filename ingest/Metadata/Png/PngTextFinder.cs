using System.Buffers;
using System.IO.Compression;
using System.Text;
using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>Looks for a place in PNG text, unpacking at most a quarter of a megabyte of a chunk. Sections 11.3.3.2 to 11.3.3.4.</summary>
internal static class PngTextFinder
{
    /// <summary>Texts of one file that are looked into; hostile files have thousands, each of which would be unpacked.</summary>
    internal const int MostTexts = 64;

    private const int MostUnpacked = 256 * 1024;

    internal static bool IsXmp(ReadOnlySpan<byte> data) =>
        data.StartsWith("XML:com.adobe.xmp\0"u8) || data.StartsWith("Raw profile type xmp\0"u8);

    internal static bool HasPlace(uint type, ReadOnlySpan<byte> data)
    {
        var keyword = data[..Math.Min(data.Length, 80)].IndexOf((byte)0);
        if (keyword < 0) return false;
        ReadOnlySpan<byte> name = data[..keyword], content = data[(keyword + 1)..];
        if (name.IndexOf("GPS"u8) >= 0 || name.SequenceEqual("Location"u8)) return true;
        if (type == PngType.PackedText) content = content.IsEmpty ? content : Unpack(content[1..]);
        else if (type == PngType.WideText)
        {
            if (content.Length < 2) return false;
            var packed = content[0] == 1;
            content = content[2..];
            for (var field = 0; field < 2; field++) content = content[(content.IndexOf((byte)0) + 1)..];
            if (packed) content = Unpack(content);
        }
        content = content[..Math.Min(content.Length, MostUnpacked)];
        return name.StartsWith("Raw profile type"u8) ? HasPlaceInHex(name, content) : PlaceWords.InXmp(content);
    }

    /// <summary>ImageMagick's form: a line with the type, one with the length, then lines of hexadecimal digits.</summary>
    private static bool HasPlaceInHex(ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        for (var line = 0; line < 3 && !content.IsEmpty; line++) content = content[(content.IndexOf((byte)'\n') + 1)..];
        var bytes = new byte[content.Length / 2];
        var digits = 0;
        foreach (var letter in content)
        {
            if (!char.IsAsciiHexDigit((char)letter)) continue;
            var digit = letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
            if (digits / 2 < bytes.Length) bytes[digits / 2] = (byte)(bytes[digits / 2] << 4 | digit);
            digits++;
        }
        ReadOnlySpan<byte> raw = bytes.AsSpan(0, Math.Min(bytes.Length, digits / 2));
        if (name.EndsWith("xmp"u8)) return PlaceWords.InXmp(raw);
        if (name.EndsWith("iptc"u8) || name.EndsWith("8bim"u8)) return PlaceWords.InPhotoshop(raw.StartsWith("8BIM"u8) ? [.. "Photoshop 3.0\0"u8, .. raw] : raw).Place;
        if (raw.StartsWith("Exif\0\0"u8)) raw = raw[6..];
        return TiffGlance.At(raw).Location || PlaceWords.InXmp(raw);
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        var room = new ArrayBufferWriter<byte>();
        try
        {
            using var source = new MemoryStream(packed[..Math.Min(packed.Length, MostUnpacked)].ToArray(), writable: false);
            using var zlib = new ZLibStream(source, CompressionMode.Decompress);
            for (int read; room.WrittenCount < MostUnpacked && (read = zlib.Read(room.GetSpan(4096))) > 0;) room.Advance(read);
        }
        catch (InvalidDataException)
        {
            // What was unpacked before the damage is looked at; the chunk is dropped either way.
        }
        return room.WrittenSpan.ToArray();
    }
}
