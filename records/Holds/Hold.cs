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
    public string? Note { get; init; }
    public Guid RaisedBy { get; init; }
    public DateTimeOffset RaisedAt { get; init; }
}

/// <summary>Beats every deletion until two different people have released it.</summary>
public sealed class Hold
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }

    /// <summary>The concern that placed it, if one did.</summary>
    public Guid? ConcernId { get; init; }

    public required string Reason { get; init; }
    public DateOnly ReviewOn { get; init; }
    public Guid PlacedBy { get; init; }
    public DateTimeOffset PlacedAt { get; init; }
    public Guid? ReleaseAskedBy { get; set; }
    public DateTimeOffset? ReleaseAskedAt { get; set; }
    public Guid? ReleasedBy { get; set; }
    public DateTimeOffset? ReleasedAt { get; set; }
}
