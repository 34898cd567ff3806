namespace PhotoGuard.Ingest.Metadata;

/// <summary>What a header may promise. Looked at before anything else of the file is, so that no work is done for a bomb.</summary>
public static class PictureLimits
{
    /// <summary>Pixels, 64 million: the largest tablets and phones make 48 million.</summary>
    public const long MostPixels = 64_000_000;

    /// <summary>Pixels a side.</summary>
    public const int LongestSide = 16_384;

    /// <summary>Pixels of an interlaced PNG: a decoder must hold all of it at once (measured: 1.3 GB for 400 million).</summary>
    public const long MostInterlacedPixels = 25_000_000;

    internal static void Check(long width, long height)
    {
        if (width > LongestSide || height > LongestSide || width * height > MostPixels) throw PictureRefused.TooLarge(width, height);
    }
}
