using PhotoGuard.Ingest.Metadata.Heic;
using PhotoGuard.Ingest.Metadata.Jpeg;
using PhotoGuard.Ingest.Metadata.Png;
using PhotoGuard.Ingest.Metadata.Webp;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>
/// From an outside file to a clean one, by allow-list and without decoding the picture (design, law 1): what is not known to be
/// needed for showing it does not survive, what is not understood is refused.
/// </summary>
public static class PictureScrubber
{
    /// <summary>
    /// The picture with its pixels, colours and orientation, and nothing else. Needs a buffer of about the input's size.
    /// The result must still pass <see cref="PictureCheck.Verify"/> before it is kept.
    /// </summary>
    /// <exception cref="PictureRefused">The file is not taken.</exception>
    public static ScrubbedPicture Scrub(ReadOnlyMemory<byte> input) => PictureSniffer.KindOf(input.Span) switch
    {
        PictureKind.Jpeg => JpegScrub.Scrub(input.Span),
        PictureKind.Png => PngScrub.Scrub(input.Span),
        PictureKind.Heic => HeicScrub.Scrub(input.Span),
        _ => WebpScrub.Scrub(input.Span),
    };
}
