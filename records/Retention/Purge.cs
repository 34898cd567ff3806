namespace PhotoGuard.Records.Retention;

public enum PurgeState
{
    Running,

    /// <summary>The brake: waits for two people.</summary>
    Stopped,

    Done,
    Failed,
}

/// <summary>What the brake stopped a run for.</summary>
public enum StopReason
{
    /// <summary>It would destroy more than the school's switches allow.</summary>
    Count,

    /// <summary>The database's clock was moved: what is due may not be.</summary>
    Clock,
}

/// <summary>A run that destroys what is due by <c>deleteAfter</c>.</summary>
public sealed class Purge
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>The school's date of a nightly run; none for a run that a person started. A night is purged once.</summary>
    public DateOnly? Night { get; init; }

    public bool DryRun { get; init; }
    public PurgeState State { get; set; }

    /// <summary>Set where the brake stopped it; stays once people have let it go on.</summary>
    public StopReason? StoppedBy { get; set; }

    /// <summary>The jump of the clock that its two people confirm.</summary>
    public long? ClockJumpId { get; set; }

    public int Due { get; set; }

    /// <summary>Counted in the commit that destroys.</summary>
    public int Destroyed { get; set; }

    /// <summary>Due, and kept by a hold.</summary>
    public int Held { get; set; }

    public int Failed { get; set; }

    /// <summary>Whether everything that was due when it began has its removal; until then it opens them page by page.</summary>
    public bool AllOpened { get; set; }

    /// <summary>Where the next page begins: <c>deleteAfter</c> and id of the last photo opened.</summary>
    public DateTimeOffset? OpenedTo { get; set; }

    /// <inheritdoc cref="OpenedTo"/>
    public Guid? OpenedToPhoto { get; set; }

    public DateTimeOffset StartedAt { get; init; }
    public Guid? StartedBy { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
    public Guid? FirstApprovalBy { get; set; }
    public DateTimeOffset? FirstApprovalAt { get; set; }
    public Guid? SecondApprovalBy { get; set; }
    public DateTimeOffset? SecondApprovalAt { get; set; }
}
