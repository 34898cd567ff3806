using System.IO.Compression;

namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// The exact form of a clean PNG: signature, IHDR, then in this order and each at most once cICP, iCCP or sRGB, gAMA, cHRM, eXIf, PLTE,
/// tRNS, then IDAT of one size, IEND, nothing. W3C PNG third edition.
/// </summary>
internal static class PngCheck
{
    private const int FullData = 262_144;

    internal static void Verify(ReadOnlySpan<byte> clean)
    {
        var file = new Cursor(clean, "PNG");
        file.Must([137, 80, 78, 71, 13, 10, 26, 10], "no signature");
        var header = new Cursor(Chunk(ref file, "IHDR"u8), "PNG header");
        long width = header.Four(), height = header.Four();
        int depth = header.Byte(), colour = header.Byte();
        header.Must([0, 0], "unknown packing");
        var interlaced = header.Byte();
        header.MustEnd();
        if (width is < 1 or > 16_384 || height is < 1 or > 16_384 || width * height > (interlaced == 0 ? 64_000_000 : 25_000_000) || interlaced > 1)
            throw file.Fail("illegal size");
        Colours(ref file);
        if (Next(file, "eXIf"u8)) Orientation(Chunk(ref file, "eXIf"u8));
        var palette = Next(file, "PLTE"u8) ? Chunk(ref file, "PLTE"u8).Length : 0;
        var transparency = Next(file, "tRNS"u8) ? Chunk(ref file, "tRNS"u8).Length : 0;
        var bitsAPixel = colour switch
        {
            0 when palette == 0 && transparency is 0 or 2 => depth,
            2 when palette == 0 && transparency is 0 or 6 => 3 * depth,
            3 when palette > 0 && palette % 3 == 0 && palette <= 3 << depth && transparency * 3 <= palette => depth,
            4 when palette == 0 && transparency == 0 => 2 * depth,
            6 when palette == 0 && transparency == 0 => 4 * depth,
            _ => throw file.Fail("illegal palette"),
        };
        Pixels(ref file, (int)width, (int)height, bitsAPixel, interlaced == 1);
        if (!Chunk(ref file, "IEND"u8).IsEmpty) throw file.Fail("unknown chunk");
        file.MustEnd();
    }

    private static bool Next(in Cursor file, scoped ReadOnlySpan<byte> type) => file.Left >= 8 && file.Rest[4..].StartsWith(type);

    private static ReadOnlySpan<byte> Chunk(ref Cursor file, scoped ReadOnlySpan<byte> type)
    {
        var length = file.Four();
        if (length > int.MaxValue - 4) throw file.Fail("ends early");
        var body = file.Take(4 + (int)length);
        if (!body.StartsWith(type)) throw file.Fail("unknown chunk");
        if (file.Four() != SlowCrc.Of(body)) throw file.Fail("wrong checksum");
        return body[4..];
    }

    private static void Colours(ref Cursor file)
    {
        if (Next(file, "cICP"u8) && Chunk(ref file, "cICP"u8) is var points && (points.Length != 4 || points[2] != 0 || points[3] > 1 || points[0] > 22 || points[1] > 18))
            throw file.Fail("illegal colours");
        if (Next(file, "iCCP"u8)) Profile(Chunk(ref file, "iCCP"u8));
        else if (Next(file, "sRGB"u8) && Chunk(ref file, "sRGB"u8) is not [<= 3]) throw file.Fail("illegal colours");
        if (Next(file, "gAMA"u8) && Chunk(ref file, "gAMA"u8) is not [0, <= 15, _, _]) throw file.Fail("illegal colours");
        if (!Next(file, "cHRM"u8)) return;
        var points8 = Chunk(ref file, "cHRM"u8);
        if (points8.Length != 32) throw file.Fail("illegal colours");
        for (; !points8.IsEmpty; points8 = points8[4..])
            if (points8[..2] is not ([0, <= 3] or [0xFF, >= 0xFC])) throw file.Fail("illegal colours");
    }

    private static void Orientation(ReadOnlySpan<byte> exif)
    {
        var block = new Cursor(exif, "PNG Exif");
        block.Must("MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0"u8, "more than an orientation");
        if (block.Byte() is < 2 or > 8) throw block.Fail("illegal orientation");
        block.Must([0, 0, 0, 0, 0, 0], "more than an orientation");
        block.MustEnd();
    }

    private static void Profile(ReadOnlySpan<byte> data)
    {
        var chunk = new Cursor(data, "PNG profile");
        chunk.Must("icc\0\0"u8, "unknown name");
        using var packed = new MemoryStream(chunk.Rest.ToArray(), writable: false);
        using var singly = new SingleBytes(packed);
        using var unpacked = new MemoryStream();
        try
        {
            using var zlib = new ZLibStream(singly, CompressionMode.Decompress);
            zlib.CopyTo(unpacked);
        }
        catch (InvalidDataException)
        {
            throw chunk.Fail("cannot be unpacked");
        }
        if (packed.Position != packed.Length) throw chunk.Fail("bytes behind it");
        IccCheck.Verify(unpacked.GetBuffer().AsSpan(0, (int)unpacked.Length));
    }

    private static void Pixels(ref Cursor file, int width, int height, int bitsAPixel, bool interlaced)
    {
        var segments = new List<(int Offset, int Length)>();
        var start = file.At;
        var all = file.Rest;
        while (Next(file, "IDAT"u8))
        {
            var length = Chunk(ref file, "IDAT"u8).Length;
            if (segments.Count > 0 && segments[^1].Length != FullData) throw file.Fail("pixels cut oddly");
            segments.Add((file.At - 4 - length - start, length));
        }
        PngUnpackCheck.Verify(all, segments, ExpectedBytes(width, height, bitsAPixel, interlaced));
    }

    /// <summary>Bytes of all rows with their filter bytes; section 9.2, and 8.2 for the seven passes.</summary>
    private static long ExpectedBytes(int width, int height, int bitsAPixel, bool interlaced)
    {
        if (!interlaced) return Rows(width, height);
        return Rows(width + 7 >> 3, height + 7 >> 3) + Rows(width + 3 >> 3, height + 7 >> 3) + Rows(width + 3 >> 2, height + 3 >> 3)
            + Rows(width + 1 >> 2, height + 3 >> 2) + Rows(width + 1 >> 1, height + 1 >> 2) + Rows(width >> 1, height + 1 >> 1) + Rows(width, height >> 1);
        long Rows(int across, int down) => across == 0 ? 0 : (1 + ((long)across * bitsAPixel + 7) / 8) * down;
    }
}
