using System.Globalization;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Photos;

/// <summary>What is burned into a box.</summary>
public enum RedactionFill
{
    /// <summary>Black.</summary>
    Solid,

    /// <summary>One colour, the mean of what was there.</summary>
    Average,
}

public enum RedactionState
{
    Making,
    Made,
    Failed,
}

/// <summary>
/// A redacted picture is a photo of its own, made from another (docs/decisions/0012). This is the obligation to make it and, once it
/// is made, what ties it to its source.
/// </summary>
public sealed class Redaction
{
    /// <summary>The id that the redacted picture has, or will have: there is no photo of it before its pixels are made.</summary>
    public Guid PhotoId { get; init; }

    public Guid SchoolId { get; init; }

    /// <summary>What it is made from; that may be destroyed long before it.</summary>
    public Guid SourceId { get; init; }

    /// <summary>Where a child was, under the key of <see cref="KeyOwner"/>; none once it failed.</summary>
    public SealedText? Boxes { get; private set; }

    /// <summary>Whose key seals the boxes: the source's, and once it is made its own.</summary>
    public Guid KeyOwner => MadeAt is null ? SourceId : PhotoId;

    /// <summary>What <see cref="Boxes"/> says.</summary>
    public IReadOnlyList<RedactionBox> Areas => RedactionBox.Of(Boxes?.Text);

    public RedactionFill Fill { get; init; }

    /// <summary>Who is still recognisable, of those in the source; null: all of them. Once it is made, its own links say so.</summary>
    public Guid[]? Pupils { get; set; }

    /// <summary>The asker said: no further recognisable person.</summary>
    public bool NobodyElse { get; set; }

    public Guid AskedBy { get; init; }
    public DateTimeOffset AskedAt { get; init; }
    public DateTimeOffset? MadeAt { get; set; }

    /// <summary>Why it could not be made, in a word of ours.</summary>
    public string? Failed { get; set; }

    internal void Open(TextKey? key) => Boxes?.Open(key, "redactions.boxes", PhotoId);

    /// <param name="key">Of <see cref="KeyOwner"/>.</param>
    public void Mark(IEnumerable<RedactionBox> boxes, TextKey key) => Boxes = key.Seal(RedactionBox.TextOf(boxes), "redactions.boxes", PhotoId);

    internal void Fail(string reason) => (Failed, Boxes, Pupils) = (reason, null, null);

    public RedactionState State => MadeAt is not null ? RedactionState.Made : Failed is not null ? RedactionState.Failed : RedactionState.Making;
}

/// <summary>A box, in parts (0 to 1) of the upright picture's width and height, from its top left corner.</summary>
public sealed record RedactionBox(double Left, double Top, double Width, double Height)
{
    /// <summary>Most boxes of one redaction.</summary>
    public const int Most = 100;

    // Parts that were rounded when they were written down may add up to a little more.
    private const double Slack = 1e-9;

    /// <summary>It has a size and lies within the picture.</summary>
    public bool LiesWithin =>
        Left >= 0 && Top >= 0 && Width > 0 && Height > 0 && Left + Width <= 1 + Slack && Top + Height <= 1 + Slack;

    /// <summary>As they are kept: numbers with spaces between. What rounding put beyond the edge is within it.</summary>
    internal static string TextOf(IEnumerable<RedactionBox> boxes) => string.Join(' ',
        boxes.SelectMany(box => new[] { box.Left, box.Top, box.Width, box.Height }).Select(part => Math.Min(part, 1).ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Of what is kept; none where nothing is.</summary>
    internal static IReadOnlyList<RedactionBox> Of(string? text) => text is null ? [] :
        [.. text.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).Chunk(4).Select(box => new RedactionBox(box[0], box[1], box[2], box[3]))];
}
