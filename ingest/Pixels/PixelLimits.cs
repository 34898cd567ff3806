namespace PhotoGuard.Ingest.Pixels;

/// <summary>How large a picture may say it is, before anything of it is decoded.</summary>
public static class PixelLimits
{
    /// <summary>64 million pixels: above the 48 MP of today's phones, and 256 MB when decoded with four bands.</summary>
    public const long Pixels = 64_000_000;

    /// <summary>Pixels a side.</summary>
    public const int LongestSide = 16_384;

    /// <summary>An interlaced PNG cannot be decoded row by row: the whole of it is held.</summary>
    public const long InterlacedPixels = 25_000_000;

    /// <exception cref="PictureUndecodable">Larger than the limits, or empty.</exception>
    public static void Check(long width, long height)
    {
        if (width < 1 || height < 1)
            throw new PictureUndecodable(UndecodableReason.Damaged, $"{width} x {height} pixels");
        if (width > LongestSide || height > LongestSide || width * height > Pixels)
            throw new PictureUndecodable(UndecodableReason.TooManyPixels, $"{width} x {height} pixels");
    }
}
