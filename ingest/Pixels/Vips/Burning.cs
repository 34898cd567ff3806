namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>What redaction needs of libvips beyond <see cref="Operations"/>. All of it throws <see cref="VipsFailure"/>.</summary>
internal static unsafe class Burning
{
    /// <summary>Quality 92: renditions are made from it, and what is coded twice should not show it. Colours are halved as cameras halve them.</summary>
    public static byte[] SaveJpeg(VipsImage image)
    {
        using var save = new VipsOperation("jpegsave_buffer").With("in", image).With("Q", 92)
            .With("optimize-coding", "true").With("subsample-mode", "on").With("strip", "true");
        return save.ToBytes();
    }
}
