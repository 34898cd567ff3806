using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>What the decoder's header says, before its pixels: two parsers that disagree are a trick or a damage.</summary>
internal static class LoadedCheck
{
    /// <param name="lazy">As it was opened: JPEG and PNG at their full size, WebP perhaps smaller, HEIC its primary picture.</param>
    /// <exception cref="PictureUndecodable">Too large, several pictures, or another size than our own reading of the header.</exception>
    public static void Verify(VipsImage lazy, PictureKind kind, PictureHeader header)
    {
        PixelLimits.Check(lazy.Width, lazy.Height);
        if (lazy.Pages > 1)
            throw new PictureUndecodable(UndecodableReason.SeveralFrames, $"{lazy.Pages} pictures in one file");
        if ((lazy.Width, lazy.Height) != (header.Width, header.Height) && kind is PictureKind.Jpeg or PictureKind.Png)
            throw new PictureUndecodable(UndecodableReason.Damaged, "its decoder reads another size");
    }
}
