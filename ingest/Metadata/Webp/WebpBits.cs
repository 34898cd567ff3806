namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>The arithmetic decoder of VP8, RFC 6386 section 7.3, for bits of even odds. Behind the end it reads zeros, as decoders do.</summary>
internal ref struct WebpBits
{
    private ReadOnlySpan<byte> rest;
    private uint value, range = 255;
    private int taken;

    internal WebpBits(ReadOnlySpan<byte> data)
    {
        rest = data;
        value = Next() << 8;
        value |= Next();
    }

    internal bool Flag()
    {
        var split = 1 + (range - 1) / 2;
        var set = value >= split << 8;
        if (set) value -= split << 8;
        range = set ? range - split : split;
        for (; range < 128; range <<= 1)
        {
            value <<= 1;
            if (++taken != 8) continue;
            taken = 0;
            value |= Next();
        }
        return set;
    }

    internal int Number(int length)
    {
        var number = 0;
        for (; length > 0; length--) number = number << 1 | (Flag() ? 1 : 0);
        return number;
    }

    internal void Skip(int length) => Number(length);

    private uint Next()
    {
        if (rest.IsEmpty) return 0;
        var next = rest[0];
        rest = rest[1..];
        return next;
    }
}
