namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>Reads the bits of a parameter set, ITU-T H.265 sections 7.3.1.1 and 9.2.</summary>
internal ref struct HevcBits
{
    private readonly ReadOnlySpan<byte> bytes;
    private int at;

    /// <param name="bytes">Without the bytes that only prevent start codes.</param>
    internal HevcBits(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>Copies a NAL unit's payload without those bytes (section 7.4.2); the part of <paramref name="room"/> that was filled.</summary>
    internal static ReadOnlySpan<byte> Unpack(ReadOnlySpan<byte> payload, Span<byte> room)
    {
        int length = 0, zeros = 0;
        foreach (var one in payload)
        {
            if (zeros >= 2 && one == 3)
            {
                zeros = 0;
                continue;
            }
            zeros = one == 0 ? zeros + 1 : 0;
            room[length++] = one;
        }
        return room[..length];
    }

    internal uint Take(int count)
    {
        if (count > 8 * bytes.Length - at) throw Odd();
        uint value = 0;
        for (; count > 0; count--, at++) value = value << 1 | (uint)(bytes[at >> 3] >> (7 - (at & 7)) & 1);
        return value;
    }

    internal void Skip(int count)
    {
        if (count > 8 * bytes.Length - at) throw Odd();
        at += count;
    }

    internal bool Flag() => Take(1) != 0;

    /// <summary>An Exp-Golomb number, at most <paramref name="most"/>.</summary>
    internal int Number(int most)
    {
        var zeros = 0;
        while (!Flag())
            if (++zeros > 31) throw Odd();
        var value = (1L << zeros) - 1 + Take(zeros);
        return value <= most ? (int)value : throw Odd();
    }

    /// <summary>A signed Exp-Golomb number between -<paramref name="most"/> and that.</summary>
    internal int Signed(int most)
    {
        var value = Number(2 * most);
        return (value & 1) != 0 ? (value + 1) / 2 : -(value / 2);
    }

    /// <summary>Section 7.3.2.11: a 1, zeros up to the byte's end, and nothing behind it.</summary>
    internal void MustEnd()
    {
        if (!Flag() || Take(-at & 7) != 0 || at != 8 * bytes.Length) throw Odd();
    }

    internal static PictureRefused Odd() => PictureRefused.UnsupportedCoding("its decoder settings hold more than is known of them");
}
