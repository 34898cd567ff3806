namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>The beginning of coded WebP pixels, and the ends of all their parts: RFC 6386 sections 9 and 19.2, RFC 9649 sections 2.7.1.2 and 3.4.</summary>
internal static class WebpPixelsCheck
{
    private const int LongestText = 16;

    internal static (int Width, int Height) Lossless(ReadOnlySpan<byte> data, out bool transparent)
    {
        var pixels = new Cursor(data, "WebP pixels");
        pixels.Must([0x2F], "no signature");
        var head = pixels.LittleFour();
        if (head >= 1u << 29 || pixels.Left == 0) throw pixels.Fail("unknown version");
        transparent = head >= 1 << 28;
        End(data);
        Single(data);
        return ((int)(head % 16_384) + 1, (int)(head / 16_384 % 16_384) + 1);
    }

    internal static (int Width, int Height) Lossy(ReadOnlySpan<byte> data)
    {
        var pixels = new Cursor(data, "WebP pixels");
        var tag = pixels.LittleThree();
        // Bit by bit: a key frame (0), one of four profiles, shown (1), and the first partition's length.
        if ((tag & 0b1_1001) != 0b1_0000) throw pixels.Fail("of a film");
        pixels.Must([0x9D, 0x01, 0x2A], "no signature");
        int width = pixels.LittleTwo(), height = pixels.LittleTwo();
        if (width > 16_383 || height > 16_383) throw pixels.Fail("to be enlarged");
        var first = pixels.Take(tag >> 5);
        End(first);
        var sizes = new Cursor(pixels.Take(3 * (Partitions(first) - 1)), "WebP pixels");
        while (sizes.Left > 0) End(pixels.Take(sizes.LittleThree()));
        if (pixels.Left == 0) throw pixels.Fail("ends early");
        End(pixels.Rest);
        Single(data);
        return (width, height);
    }

    /// <summary>The plane of transparency of a lossy picture.</summary>
    internal static void Plane(ReadOnlySpan<byte> data, int pixels)
    {
        if (data.Length < 2 || data[0] > 0x1F || (data[0] & 3) > 1) throw PictureRefused.CheckFailed("WebP transparency: unknown packing");
        Single(data);
        if ((data[0] & 3) == 1) End(data[1..]);
        else if (data.Length != 1 + pixels) throw PictureRefused.CheckFailed("WebP transparency: wrong length");
    }

    /// <summary>The frame header up to the number of partitions; what stands before it differs in length only.</summary>
    private static int Partitions(ReadOnlySpan<byte> first)
    {
        var coded = new EvenOdds(first);
        coded.Take(2);
        if (coded.Take(1) == 1)
        {
            var (map, values) = (coded.Take(1), coded.Take(1));
            if (values == 1) coded.Take(1);
            for (var k = 0; values == 1 && k < 8; k++)
                if (coded.Take(1) == 1) coded.Take(k < 4 ? 8 : 7);
            for (var k = 0; map == 1 && k < 3; k++)
                if (coded.Take(1) == 1) coded.Take(8);
        }
        coded.Take(10);
        if (coded.Take(1) == 1 && coded.Take(1) == 1)
            for (var k = 0; k < 8; k++)
                if (coded.Take(1) == 1) coded.Take(7);
        return 1 << coded.Take(2);
    }

    /// <summary>No other chunk inside of the data.</summary>
    private static void Single(ReadOnlySpan<byte> data)
    {
        No("EXIF"u8, data);
        No("XMP "u8, data);
        No("ICCP"u8, data);
    }

    /// <summary>A chunk is its name at an even place, and a length that ends within.</summary>
    private static void No(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var pixels = new Cursor(data, "WebP pixels");
        while (pixels.Rest.IndexOf(name) is >= 0 and var ahead)
        {
            pixels.Take(ahead + name.Length);
            if (pixels.At % 2 != 0 || pixels.Left < 4) continue;
            var behind = pixels;
            if (behind.LittleFour() <= behind.Left) throw pixels.Fail("another chunk in them");
        }
    }

    /// <summary>No text behind the last coded pixel.</summary>
    private static void End(ReadOnlySpan<byte> part)
    {
        var length = part.LastIndexOfAnyExcept((byte)0) + 1;
        if (length < LongestText) return;
        var kinds = new HashSet<byte>();
        foreach (var letter in part[(length - LongestText)..length])
            if (letter is < 32 or > 126) return;
            else kinds.Add(letter);
        if (kinds.Count >= 8) throw PictureRefused.CheckFailed("WebP pixels: text behind them");
    }

    /// <summary>
    /// Bits of even odds out of arithmetic coding. Each halves an interval of at most eight bits, and only the whole part of the code,
    /// as long as the interval, decides which half; further bits are taken as the interval is stretched again.
    /// </summary>
    private ref struct EvenOdds(ReadOnlySpan<byte> code)
    {
        private readonly ReadOnlySpan<byte> code = code;
        private int interval = 255, whole = code.IsEmpty ? 0 : code[0], seen = 8;

        internal int Take(int bits)
        {
            var number = 0;
            for (; bits > 0; bits--)
            {
                var half = (interval + 1) / 2;
                var upper = whole >= half;
                if (upper) whole -= half;
                interval = upper ? interval - half : half;
                for (; interval < 128; interval *= 2) whole = 2 * whole + Bit(seen++);
                number = 2 * number + (upper ? 1 : 0);
            }
            return number;
        }

        private readonly int Bit(int index) => index / 8 < code.Length ? code[index / 8] >> 7 - index % 8 & 1 : 0;
    }
}
