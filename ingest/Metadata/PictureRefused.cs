namespace PhotoGuard.Ingest.Metadata;

/// <summary>
/// A file is not taken: nothing of it may be kept. The intake turns it into a <c>Refusal</c> with the same type, status and sentence.
/// </summary>
/// <param name="type">Stable name for programs; all of them are listed in docs/formats.md.</param>
/// <param name="status">HTTP status: 413 too large, 415 a kind or coding that is not taken, 422 damaged or empty.</param>
/// <param name="sentence">What is wrong and what to do, for a teacher; never a word out of the file itself.</param>
public sealed class PictureRefused(string type, int status, string sentence) : Exception(sentence)
{
    /// <summary>Stable name for programs, e.g. <c>picture-truncated</c>.</summary>
    public string Type { get; } = type;

    /// <summary>413, 415 or 422.</summary>
    public int Status { get; } = status;

    /// <summary>The same as <see cref="Exception.Message"/>.</summary>
    public string Sentence => Message;

    internal static PictureRefused Empty() =>
        new("picture-empty", 422, "The file is empty. Choose the picture again and send it once more.");

    internal static PictureRefused OfOtherKind(string kind, string whatToDo) =>
        new("not-a-picture-we-take", 415, $"This is {kind}, and only JPEG, HEIC, PNG and WebP pictures are taken. {whatToDo}");

    internal static PictureRefused TooLong() =>
        new("picture-too-large", 413, "The file is larger than 40 MB, and larger ones are not taken. Make the picture smaller and send it again.");

    internal static PictureRefused Truncated(string what) =>
        new("picture-truncated", 422, $"The picture is cut short: {what}. Send it again; if that does not help, choose the original.");

    internal static PictureRefused Malformed(string what) =>
        new("picture-malformed", 422, $"The picture is damaged: {what}. Open it on the device, save it anew and send that copy.");

    internal static PictureRefused UnsupportedCoding(string what) =>
        new("picture-unsupported-coding", 415, $"The picture is stored in a rare way: {what}. Save it as an ordinary JPEG and send that copy.");

    internal static PictureRefused Animated() =>
        new("picture-animated", 415, "The picture is animated, and only still pictures are taken. Send a single picture of it.");

    internal static PictureRefused TooLarge(long width, long height) =>
        new("picture-too-large-dimensions", 413,
            $"The picture is {width} × {height} pixels; at most 64 million pixels and 16,384 a side are taken. Make it smaller and send it again.");

    internal static PictureRefused TooLargeInterlaced(long width, long height) =>
        new("picture-too-large-dimensions", 413,
            $"The picture is an interlaced PNG of {width} × {height} pixels; at most 25 million are taken. Save it without interlacing.");

    internal static PictureRefused UnreadableColours() =>
        new("picture-colours-unreadable", 422,
            "The picture is in printing colours and its colour profile is damaged, so it would show wrongly. Save it as an ordinary JPEG.");

    internal static PictureRefused CheckFailed(string what) =>
        new("picture-check-failed", 422,
            $"The cleaned picture did not pass the second check ({what}), so it was not kept. Send another copy and tell your ICT lead.");
}
