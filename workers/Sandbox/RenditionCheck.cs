using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>The second look of law 1 at what a child made: nothing but a picture, and of the size that was said.</summary>
internal static class RenditionCheck
{
    /// <exception cref="InvalidDataException">It must not be kept.</exception>
    public static void Verify(Rendition rendition)
    {
        var bytes = rendition.Bytes.Span;
        var kind = rendition.Format == RenditionFormat.Jpeg ? PictureKind.Jpeg : PictureKind.Webp;
        try
        {
            if (PictureHeader.Read(bytes, kind) != new PictureHeader(rendition.Width, rendition.Height))
                throw new InvalidDataException("A rendition of another size than it says.");
            PictureCheck.Verify(bytes);
        }
        catch (Exception e) when (e is PictureUndecodable or PictureRefused)
        {
            throw new InvalidDataException($"A rendition that is no clean picture: {e.Message}", e);
        }
    }
}
