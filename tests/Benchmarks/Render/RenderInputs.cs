using PhotoGuard.Benchmarks.Ingest;
using PhotoGuard.Benchmarks.Scrub;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Tests.Ingest.Pixels;

namespace PhotoGuard.Benchmarks.Render;

/// <summary>A picture to make renditions of, scrubbed as the product does before it stores one.</summary>
/// <param name="Name">For rows and figures.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">The whole file.</param>
internal sealed record RenderInput(string Name, PictureKind Kind, byte[] Bytes)
{
    /// <summary>As an iPad's: 12 megapixels, Display P3.</summary>
    internal static RenderInput Jpeg() => Scrubbed("jpeg", ScrubInputs.Jpeg());

    /// <summary>The others, as far as this machine's coders go.</summary>
    internal static IEnumerable<RenderInput> Others()
    {
        yield return Scrubbed("jpegWithoutProfile", new BenchPictures(1).Next().ToArray());
        yield return Scrubbed("jpeg48", PaintedPicture.Grainy("jpegsave_buffer", 8064, 6048, 14, "Q=88"));
        yield return Scrubbed("png", ScrubInputs.Png());
        if (ScrubInputs.Webp() is { } webp) yield return Scrubbed("webp", webp);
    }

    /// <summary>12 megapixels in 48 tiles; null where no HEVC coder is installed.</summary>
    internal static RenderInput? Heic() => ScrubInputs.HeicTiles() is { } tiles ? Scrubbed("heic", tiles) : null;

    internal string Extension => Kind == PictureKind.Jpeg ? "jpg" : Kind.ToString().ToLowerInvariant();

    private static RenderInput Scrubbed(string name, byte[] received)
    {
        using var scrubbed = PictureScrubber.Scrub(received);
        return new(name, scrubbed.Kind, scrubbed.Bytes.ToArray());
    }
}
