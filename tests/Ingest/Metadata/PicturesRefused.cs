using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>What is asked of every refusal.</summary>
internal static partial class Pictures
{
    /// <summary>The refusal's type.</summary>
    internal static string Refused(byte[] file)
    {
        var refused = Assert.Throws<PictureRefused>(() => PictureScrubber.Scrub(file).Dispose());
        Assert.InRange(refused.Status, 413, 422);
        Assert.EndsWith(".", refused.Sentence, StringComparison.Ordinal);
        return refused.Type;
    }
}
