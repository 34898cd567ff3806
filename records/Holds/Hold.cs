using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Holds;

public enum ConcernKind
{
    Distressing,
    Inappropriate,

    /// <summary>Pixels are shown to nobody (P16).</summary>
    Indecent,

    Other,
}

/// <summary>Somebody reported a picture (P16).</summary>
public sealed class Concern
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }
    public ConcernKind Kind { get; init; }

    /// <summary>Under the photo's key.</summary>
    public SealedText? Note { get; init; }

    public Guid RaisedBy { get; init; }
    public DateTimeOffset RaisedAt { get; init; }

    internal static SealedText Sealed(string note, TextKey key, Guid id) => key.Seal(note, "concerns.note", id);

    internal void Open(TextKey? key) => Note?.Open(key, "concerns.note", Id);
}

/// <summary>Beats every deletion until two different people have released it.</summary>
public sealed class Hold
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }

    /// <summary>The concern that placed it, if one did.</summary>
    public Guid? ConcernId { get; init; }

    /// <summary>Under the photo's key.</summary>
    public required SealedText Reason { get; init; }

    public DateOnly ReviewOn { get; set; }

    /// <summary>The <see cref="ReviewOn"/> of which somebody was told that it has come.</summary>
    public DateOnly? ReviewToldOn { get; set; }

    public Guid PlacedBy { get; init; }
    public DateTimeOffset PlacedAt { get; init; }
    public Guid? ReleaseAskedBy { get; set; }
    public DateTimeOffset? ReleaseAskedAt { get; set; }
    public Guid? ReleasedBy { get; set; }
    public DateTimeOffset? ReleasedAt { get; set; }

    internal static SealedText Sealed(string reason, TextKey key, Guid id) => key.Seal(reason, "holds.reason", id);

    internal void Open(TextKey? key) => Reason.Open(key, "holds.reason", Id);
}
