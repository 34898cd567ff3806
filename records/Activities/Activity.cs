using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Records.Activities;

/// <summary>What is photographed, why, and what becomes of the photos (P2, P7).</summary>
public sealed class Activity
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public required string Title { get; init; }
    public required string Purpose { get; init; }
    public DateOnly HeldOn { get; init; }
    public DateOnly? HeldUntil { get; init; }

    /// <summary>Photos clear only here; <see cref="Channel.Internal"/> is always among them.</summary>
    public Channel[] Channels { get; init; } = [Channel.Internal];

    /// <summary>What becomes of the photos afterwards.</summary>
    public required string Afterwards { get; init; }

    /// <summary>Last day the photos are needed, where that is before the school's limit.</summary>
    public DateOnly? KeepUntil { get; init; }

    public Guid CreatedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
}

public enum Approval
{
    Approved,
    Declined,
}

/// <summary>Leadership's word on an activity; the latest counts, and never its creator's own.</summary>
public sealed class ActivityDecision
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid ActivityId { get; init; }

    /// <summary>The activity's creator, repeated so that SQL can hold the two people apart.</summary>
    public Guid CreatedBy { get; init; }

    public Approval Decision { get; init; }
    public string? Note { get; init; }
    public Guid DecidedBy { get; init; }
    public DateTimeOffset DecidedAt { get; init; }
}
