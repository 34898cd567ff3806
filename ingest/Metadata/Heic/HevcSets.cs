namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// Parameter sets, ITU-T H.265 sections 7.3.2.1 to 7.3.2.3: each is read to its last bit, so that no text can stand behind what a decoder
/// reads.
/// </summary>
internal static class HevcSets
{
    internal const int Video = 32, Sequence = 33, Picture = 34;

    /// <summary>Bytes; those of real pictures have less than 50, and scaling lists and tiles some hundreds.</summary>
    internal const int MostBytes = 4_096;

    /// <param name="unit">A whole NAL unit of one of the three types.</param>
    /// <returns>Of a sequence parameter set what it says of its picture.</returns>
    internal static HevcPicture? Read(ReadOnlySpan<byte> unit)
    {
        if (unit.Length is < 4 or > MostBytes) throw HevcBits.Odd();
        if (HoldsText(unit)) throw PictureRefused.Malformed("there is text in its decoder settings");
        var set = HevcBits.Unpack(unit[2..], stackalloc byte[MostBytes]);
        switch (HevcUnits.TypeOf(unit))
        {
            case Video: ReadVideo(set); return null;
            case Sequence: return HevcPicture.Read(set);
            default: ReadPicture(set); return null;
        }
    }

    /// <summary>The twelve bytes of general profile, tier and level as a decoder configuration has them too.</summary>
    internal static byte[] ProfileOf(ReadOnlySpan<byte> sequence) => HevcBits.Unpack(sequence[2..], stackalloc byte[MostBytes])[1..13].ToArray();

    /// <summary>
    /// Twelve printable bytes in a row of at least eight kinds: a text written into numbers that nobody looks at. Honest settings are short
    /// and mostly flags.
    /// </summary>
    private static bool HoldsText(ReadOnlySpan<byte> unit)
    {
        const int Shortest = 12;
        for (var at = 0; at + Shortest <= unit.Length; at++)
        {
            var some = unit.Slice(at, Shortest);
            var unprintable = some.LastIndexOfAnyExceptInRange((byte)' ', (byte)'~');
            at += Math.Max(0, unprintable);
            if (unprintable >= 0) continue;
            UInt128 kinds = 0;
            foreach (var letter in some) kinds |= UInt128.One << letter;
            if (UInt128.PopCount(kinds) >= 8) return true;
        }
        return false;
    }

    private static void ReadVideo(ReadOnlySpan<byte> set)
    {
        var bits = new HevcBits(set);
        bits.Skip(4 + 2 + 6);
        var layers = (int)bits.Take(3);
        bits.Skip(1);
        if (layers > 6 || bits.Take(16) != 0xFFFF) throw HevcBits.Odd();
        HevcTimings.ReadProfile(ref bits, layers);
        HevcTimings.ReadBuffering(ref bits, layers);
        var ids = (int)bits.Take(6) + 1;
        for (var left = bits.Number(1_023); left > 0; left--) bits.Skip(ids);
        if (bits.Flag())
        {
            HevcTimings.ReadRate(ref bits);
            for (int models = bits.Number(1_024), k = 0; k < models; k++)
            {
                bits.Number(1_023);
                HevcTimings.ReadBufferModel(ref bits, k == 0 || bits.Flag(), layers);
            }
        }
        if (bits.Flag()) throw HevcBits.Odd();
        bits.MustEnd();
    }

    private static void ReadPicture(ReadOnlySpan<byte> set)
    {
        var bits = new HevcBits(set);
        bits.Number(63);
        bits.Number(15);
        bits.Skip(2 + 3 + 2);
        bits.Number(14);
        bits.Number(14);
        bits.Signed(62);
        bits.Skip(1);
        var skipsTransform = bits.Flag();
        if (bits.Flag()) bits.Number(3);
        bits.Signed(12);
        bits.Signed(12);
        bits.Skip(4);
        ReadTiles(ref bits);
        bits.Skip(1);
        if (bits.Flag())
        {
            bits.Skip(1);
            if (!bits.Flag())
            {
                bits.Signed(6);
                bits.Signed(6);
            }
        }
        if (bits.Flag()) HevcTimings.ReadScaling(ref bits);
        bits.Skip(1);
        bits.Number(6);
        // Room for anything at the head of each slice, which no decoder looks at.
        if (bits.Flag()) throw HevcBits.Odd();
        if (bits.Flag()) ReadRange(ref bits, skipsTransform);
        bits.MustEnd();
    }

    private static void ReadTiles(ref HevcBits bits)
    {
        var tiles = bits.Flag();
        bits.Skip(1);
        if (!tiles) return;
        int columns = bits.Number(1_023), rows = bits.Number(1_023);
        if (!bits.Flag())
            for (var left = columns + rows; left > 0; left--) bits.Number(PictureLimits.LongestSide);
        bits.Skip(1);
    }

    /// <summary>pps_range_extension( ), section 7.3.2.3.2; other extensions are of films.</summary>
    private static void ReadRange(ref HevcBits bits, bool skipsTransform)
    {
        var range = bits.Flag();
        if (bits.Take(7) != 0) throw HevcBits.Odd();
        if (!range) return;
        if (skipsTransform) bits.Number(3);
        bits.Skip(1);
        if (bits.Flag())
        {
            bits.Number(3);
            for (var left = bits.Number(5) + 1; left > 0; left--)
            {
                bits.Signed(12);
                bits.Signed(12);
            }
        }
        bits.Number(8);
        bits.Number(8);
    }
}
