namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>What a sequence parameter set says of its picture. ITU-T H.265 section 7.3.2.2.</summary>
/// <param name="Width">Pixels, without the margin that only fills up coded blocks.</param>
/// <param name="Height">As <paramref name="Width"/>.</param>
/// <param name="Chroma">0 grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.</param>
/// <param name="LumaBits">8 to 16.</param>
/// <param name="ChromaBits">8 to 16.</param>
/// <param name="Layers">Temporal layers, 1 to 7.</param>
/// <param name="Nested">Whether they nest.</param>
internal readonly record struct HevcPicture(int Width, int Height, int Chroma, int LumaBits, int ChromaBits, int Layers, bool Nested)
{
    /// <param name="set">Bits behind the NAL unit's head, read to their end.</param>
    /// <exception cref="PictureRefused">Larger than <see cref="PictureLimits"/>, or more in it than is known.</exception>
    internal static HevcPicture Read(ReadOnlySpan<byte> set)
    {
        var bits = new HevcBits(set);
        bits.Skip(4);
        var layers = (int)bits.Take(3);
        var nested = bits.Flag();
        if (layers > 6) throw HevcBits.Odd();
        HevcTimings.ReadProfile(ref bits, layers);
        bits.Number(15);
        var chroma = bits.Number(3);
        if (chroma == 3 && bits.Flag()) throw PictureRefused.UnsupportedCoding("its colours are coded one by one");
        long width = bits.Number(int.MaxValue - 1), height = bits.Number(int.MaxValue - 1);
        PictureLimits.Check(width, height);
        if (bits.Flag()) (width, height) = Crop(ref bits, width, height, chroma);
        int luma = 8 + bits.Number(8), colour = 8 + bits.Number(8);
        ReadTools(ref bits, layers, luma);
        if (bits.Flag()) HevcTimings.ReadDisplay(ref bits, layers);
        if (bits.Flag())
        {
            // Of the extensions only the one for high bit depths and rich colours is a still picture's (section 7.3.2.2.2).
            var range = bits.Flag();
            if (bits.Take(7) != 0) throw HevcBits.Odd();
            if (range) bits.Skip(9);
        }
        bits.MustEnd();
        return new((int)width, (int)height, chroma, luma, colour, layers + 1, nested);
    }

    private static (long Width, long Height) Crop(ref HevcBits bits, long width, long height, int chroma)
    {
        int across = chroma is 1 or 2 ? 2 : 1, down = chroma == 1 ? 2 : 1;
        width -= across * ((long)bits.Number(PictureLimits.LongestSide) + bits.Number(PictureLimits.LongestSide));
        height -= down * ((long)bits.Number(PictureLimits.LongestSide) + bits.Number(PictureLimits.LongestSide));
        return width > 0 && height > 0 ? (width, height) : throw PictureRefused.Malformed("nothing of it is shown");
    }

    private static void ReadTools(ref HevcBits bits, int layers, int luma)
    {
        var order = 4 + bits.Number(12);
        HevcTimings.ReadBuffering(ref bits, layers);
        for (var number = 0; number < 6; number++) bits.Number(16);
        if (bits.Flag() && bits.Flag()) HevcTimings.ReadScaling(ref bits);
        bits.Skip(2);
        if (bits.Flag())
        {
            bits.Skip(8);
            bits.Number(3);
            bits.Number(3);
            bits.Skip(1);
        }
        for (int sets = bits.Number(64), set = 0; set < sets; set++)
        {
            // Sets told by difference to others are of films.
            if (set > 0 && bits.Flag()) throw HevcBits.Odd();
            for (var left = bits.Number(16) + bits.Number(16); left > 0; left--)
            {
                bits.Number(short.MaxValue);
                bits.Skip(1);
            }
        }
        if (bits.Flag())
            for (var left = bits.Number(32); left > 0; left--) bits.Skip(order + 1);
        bits.Skip(2);
    }
}
