namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>Pixels of a picture or its canvas.</summary>
internal readonly record struct WebpSize(int Width, int Height)
{
    /// <exception cref="PictureRefused">Nothing, or larger than <see cref="PictureLimits"/>.</exception>
    internal WebpSize Checked()
    {
        PictureLimits.Check(Width, Height);
        return Width > 0 && Height > 0 ? this : throw PictureRefused.Malformed("its size is nothing");
    }
}
