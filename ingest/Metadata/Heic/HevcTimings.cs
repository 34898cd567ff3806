namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// Parts of parameter sets that a still picture does not need and an encoder may write all the same: read to their end, so that nothing
/// can stand behind them. ITU-T H.265 annex E, sections 7.3.3 and 7.3.4.
/// </summary>
internal static class HevcTimings
{
    /// <summary>profile_tier_level( 1, ... ), section 7.3.3.</summary>
    internal static void ReadProfile(ref HevcBits bits, int layers)
    {
        bits.Skip(88 + 8);
        Span<bool> profiles = stackalloc bool[8], levels = stackalloc bool[8];
        for (var k = 0; k < layers; k++) (profiles[k], levels[k]) = (bits.Flag(), bits.Flag());
        for (var k = layers; layers > 0 && k < 8; k++)
            if (bits.Take(2) != 0) throw HevcBits.Odd();
        for (var k = 0; k < layers; k++)
        {
            if (profiles[k]) bits.Skip(88);
            if (levels[k]) bits.Skip(8);
        }
    }

    /// <summary>How many pictures a decoder buffers, of each layer or of all.</summary>
    internal static void ReadBuffering(ref HevcBits bits, int layers)
    {
        for (var k = bits.Flag() ? 0 : layers; k <= layers; k++)
        {
            bits.Number(16);
            bits.Number(16);
            bits.Number(ushort.MaxValue);
        }
    }

    /// <summary>scaling_list_data( ), section 7.3.4.</summary>
    internal static void ReadScaling(ref HevcBits bits)
    {
        for (var size = 0; size < 4; size++)
            for (var matrix = 0; matrix < 6; matrix += size == 3 ? 3 : 1)
            {
                if (!bits.Flag())
                {
                    bits.Number(6);
                    continue;
                }
                if (size > 1) bits.Signed(255);
                for (var left = Math.Min(64, 16 << (2 * size)); left > 0; left--) bits.Signed(128);
            }
    }

    /// <summary>Frames a second and their buffering, sections E.2.1 and E.2.2; of a still picture they say nothing.</summary>
    internal static void ReadRate(ref HevcBits bits)
    {
        bits.Skip(64);
        if (bits.Flag()) bits.Number(ushort.MaxValue);
    }

    /// <summary>hrd_parameters( ), section E.2.2.</summary>
    internal static void ReadBufferModel(ref HevcBits bits, bool common, int layers)
    {
        bool nal = false, vcl = false, parts = false;
        if (common)
        {
            (nal, vcl) = (bits.Flag(), bits.Flag());
            if (nal || vcl)
            {
                parts = bits.Flag();
                bits.Skip((parts ? 19 : 0) + 8 + (parts ? 4 : 0) + 15);
            }
        }
        for (var k = 0; k <= layers; k++)
        {
            var always = bits.Flag();
            var within = always || bits.Flag();
            var late = false;
            if (within) bits.Number(2_047);
            else late = bits.Flag();
            var models = late ? 1 : bits.Number(31) + 1;
            for (var left = models * ((nal ? 1 : 0) + (vcl ? 1 : 0)); left > 0; left--)
            {
                for (var number = parts ? 4 : 2; number > 0; number--) bits.Number(int.MaxValue - 1);
                bits.Flag();
            }
        }
    }

    /// <summary>vui_parameters( ), section E.2.1.</summary>
    internal static void ReadDisplay(ref HevcBits bits, int layers)
    {
        if (bits.Flag() && bits.Take(8) == 255) bits.Skip(32);
        if (bits.Flag()) bits.Skip(1);
        if (bits.Flag())
        {
            bits.Skip(4);
            if (bits.Flag()) bits.Skip(24);
        }
        if (bits.Flag())
        {
            bits.Number(5);
            bits.Number(5);
        }
        bits.Skip(3);
        if (bits.Flag())
            for (var side = 0; side < 4; side++) bits.Number(PictureLimits.LongestSide);
        if (bits.Flag())
        {
            ReadRate(ref bits);
            if (bits.Flag()) ReadBufferModel(ref bits, true, layers);
        }
        if (!bits.Flag()) return;
        bits.Skip(3);
        bits.Number(4_095);
        bits.Number(16);
        bits.Number(16);
        bits.Number(15);
        bits.Number(15);
    }
}
