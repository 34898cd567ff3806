namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>The rows of an image from the top, computed as they are asked for, some at a time.</summary>
internal sealed unsafe class VipsRows : IDisposable
{
    private const int AtOnce = 64;

    private readonly VipsRegion region;
    private byte* some;
    private int read;

    /// <param name="image">Three bytes a pixel.</param>
    /// <exception cref="VipsFailure">There is no room.</exception>
    public VipsRows(VipsImage image)
    {
        (Width, Height) = (image.Width, image.Height);
        region = LibVips.vips_region_new(image);
        if (region.IsInvalid)
            throw VipsFailure.Of("region");
    }

    public int Width { get; }

    public int Height { get; }

    /// <returns>The next row, until this is called again.</returns>
    /// <exception cref="VipsFailure">It cannot be decoded.</exception>
    public ReadOnlySpan<byte> Next()
    {
        if (read % AtOnce == 0)
        {
            GObject.g_free(some);
            nuint length;
            some = LibVips.vips_region_fetch(region, 0, read, Width, Math.Min(AtOnce, Height - read), &length);
            if (some is null)
                throw VipsFailure.Of("decode");
            LibVips.vips_error_clear();
        }
        return new(some + (long)(read++ % AtOnce) * Width * 3, Width * 3);
    }

    public void Dispose()
    {
        GObject.g_free(some);
        some = null;
        region.Dispose();
    }
}
