namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>
/// libvips as this house allows it: four loaders, one thread, no cache. Debian's build can also open PDF, SVG, TIFF and
/// a hundred kinds through ImageMagick; none of them has any business here.
/// </summary>
internal static class VipsRuntime
{
    private static readonly string[] Allowed =
        ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer", "VipsForeignLoadHeifBuffer"];

    private static readonly Lazy<bool> Started = new(Initialise);

    /// <summary>Starts libvips once in this process.</summary>
    /// <exception cref="VipsFailure">libvips is too old to block loaders, or does not start.</exception>
    /// <exception cref="DllNotFoundException">libvips is not installed.</exception>
    public static void Start() => _ = Started.Value;

    private static bool Initialise()
    {
        if (LibVips.vips_init("photoguard") != 0)
            throw VipsFailure.Of("vips_init");
        var (major, minor) = (LibVips.vips_version(0), LibVips.vips_version(1));
        if (major != 8 || minor < 14)
            throw new VipsFailure("vips_init", $"libvips 8.14 or later is needed, found {major}.{minor}");

        LibVips.vips_block_untrusted_set(1);
        LibVips.vips_operation_block_set("VipsForeignLoad", 1);
        foreach (var loader in Allowed)
            LibVips.vips_operation_block_set(loader, 0);

        // One picture at a time per process: threads of libvips gain nothing on two sizes of one JPEG and cost memory.
        LibVips.vips_concurrency_set(1);
        LibVips.vips_cache_set_max(0);
        LibVips.vips_error_clear();
        return true;
    }
}
