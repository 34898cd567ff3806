using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>The scrubber's limits once more, before anything is decoded: not every kind has been through a scrubber.</summary>
internal static class PixelLimits
{
    /// <exception cref="PictureUndecodable">Larger than <see cref="PictureLimits"/>, or empty.</exception>
    public static void Check(long width, long height)
    {
        if (width < 1 || height < 1)
            throw new PictureUndecodable(UndecodableReason.Damaged, $"{width} x {height} pixels");
        if (width > PictureLimits.LongestSide || height > PictureLimits.LongestSide || width * height > PictureLimits.MostPixels)
            throw new PictureUndecodable(UndecodableReason.TooManyPixels, $"{width} x {height} pixels");
    }
}
