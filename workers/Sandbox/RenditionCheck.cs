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
            if (kind == PictureKind.Jpeg)
                PictureCheck.Verify(bytes);
            else
                VerifyWebp(bytes);
        }
        catch (Exception e) when (e is PictureUndecodable or PictureRefused)
        {
            throw new InvalidDataException($"A rendition that is no clean picture: {e.Message}", e);
        }
    }

    // RFC 9649, 2.4 and 2.5: our own encoder's file is one lossy chunk that fills it.
    private static void VerifyWebp(ReadOnlySpan<byte> webp)
    {
        var file = BitConverter.ToUInt32(webp[4..]);
        var chunk = BitConverter.ToUInt32(webp[16..]);
        if (!webp[12..].StartsWith("VP8 "u8) || file != webp.Length - 8 || chunk + chunk % 2 != webp.Length - 20)
            throw new InvalidDataException("A WebP with more than its picture.");
    }
}
