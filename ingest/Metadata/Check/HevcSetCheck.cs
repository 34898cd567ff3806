namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// One parameter set: small, with a proper end, without a readable text, and of a sequence what it says of the picture. That nothing stands
/// behind what decoders read is the scrubber's work; a text there is seen here too. ITU-T H.265 section 7.3.2.
/// </summary>
internal sealed class HevcSetCheck
{
    private const int LongestText = 12;

    private readonly byte[] bits;
    private int at;

    internal HevcSetCheck(ReadOnlySpan<byte> unit)
    {
        if (unit.Length is < 4 or > 4_096 || unit[^1] == 0) throw Fail("of odd length");
        for (var k = 0; k + LongestText <= unit.Length; k++)
            if (IsText(unit.Slice(k, LongestText))) throw Fail("with a text");
        bits = WithoutPrevention(unit[2..]);
        if (unit[0] >> 1 == 33) Sequence();
    }

    internal byte[] Profile { get; private set; } = [];
    internal int Width { get; private set; }
    internal int Height { get; private set; }
    internal int Chroma { get; private set; }
    internal int LumaBits { get; private set; }
    internal int ChromaBits { get; private set; }

    /// <summary>Layers of time and whether they nest, as the last byte of decoder settings has them.</summary>
    internal int Timing { get; private set; }

    private void Sequence()
    {
        at = 4;
        var layers = (int)Bits(3);
        Timing = layers + 1 << 1 | (int)Bits(1);
        if (bits.Length < 14) throw Fail("of odd length");
        Profile = bits[1..13];
        at += 96;
        var present = Bits(layers == 0 ? 0 : 16);
        for (var k = 0; k < layers; k++) at += (present >> (15 - 2 * k) & 1) == 1 ? 88 : 0;
        for (var k = 0; k < layers; k++) at += (present >> (14 - 2 * k) & 1) == 1 ? 8 : 0;
        Golomb();
        Chroma = (int)Golomb();
        if (Chroma > 3) throw Fail("of unknown colours");
        if (Chroma == 3) at++;
        long width = Golomb(), height = Golomb();
        if (width is < 1 or > 16_384 || height is < 1 or > 16_384 || width * height > 64_000_000) throw Fail("of illegal size");
        if (Bits(1) == 1)
        {
            width -= (Golomb() + Golomb()) * (Chroma is 1 or 2 ? 2 : 1);
            height -= (Golomb() + Golomb()) * (Chroma == 1 ? 2 : 1);
        }
        if (width < 1 || height < 1) throw Fail("of illegal size");
        (Width, Height) = ((int)width, (int)height);
        LumaBits = 8 + (int)Golomb();
        ChromaBits = 8 + (int)Golomb();
        if (LumaBits > 16 || ChromaBits > 16) throw Fail("of illegal depth");
    }

    private uint Bits(int count)
    {
        uint value = 0;
        for (; count > 0; count--, at++)
        {
            if (at >= 8 * bits.Length) throw Fail("that ends early");
            value = value * 2 + (uint)(bits[at / 8] >> (7 - at % 8) & 1);
        }
        return value;
    }

    private long Golomb()
    {
        var zeros = 0;
        for (; Bits(1) == 0; zeros++)
            if (zeros == 31) throw Fail("with an endless number");
        return (1L << zeros) - 1 + Bits(zeros);
    }

    private static byte[] WithoutPrevention(ReadOnlySpan<byte> packed)
    {
        var plain = new List<byte>(packed.Length);
        for (var k = 0; k < packed.Length; k++)
        {
            plain.Add(packed[k]);
            if (k + 2 >= packed.Length || packed[k] != 0 || packed[k + 1] != 0 || packed[k + 2] != 3) continue;
            plain.Add(0);
            k += 2;
        }
        return [.. plain];
    }

    // Honest sets repeat patterns, but not twelve printable bytes of eight kinds.
    private static bool IsText(ReadOnlySpan<byte> some)
    {
        if (some.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;
        var kinds = new HashSet<byte>();
        foreach (var letter in some) kinds.Add(letter);
        return kinds.Count >= 8;
    }

    private static PictureRefused Fail(string what) => PictureRefused.CheckFailed($"HEIC: decoder settings {what}");
}
