using PhotoGuard.Ingest.Metadata.Check;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>
/// The second, separately written look at a scrubbed picture (design, law 1): each of its bytes must belong to a known part, and
/// MetadataExtractor must find nothing but structure, orientation and colours.
/// </summary>
public static class PictureCheck
{
    /// <summary>Returns if and only if the picture may be kept.</summary>
    /// <exception cref="PictureRefused"><c>picture-check-failed</c>.</exception>
    public static void Verify(ReadOnlySpan<byte> clean)
    {
        if (clean.StartsWith<byte>([0xFF, 0xD8])) JpegCheck.Verify(clean);
        else if (clean.StartsWith<byte>([137, 80])) PngCheck.Verify(clean);
        else if (clean.StartsWith("RIFF"u8)) WebpCheck.Verify(clean);
        else if (clean.Length >= 8 && clean[4..].StartsWith("ftyp"u8)) HeicCheck.Verify(clean);
        else throw PictureRefused.CheckFailed("unknown kind");
        OutsideReader.Verify(clean);
    }
}
