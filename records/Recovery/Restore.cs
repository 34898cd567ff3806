namespace PhotoGuard.Records.Recovery;

/// <summary>Why records may be older than what happened.</summary>
public enum RestoreWhy
{
    /// <summary>They came out of a backup by the verb <c>restore</c>.</summary>
    Backup,

    /// <summary>The ledger knows more than they do: somebody put an older database in place.</summary>
    OlderThanLedger,

    /// <summary>Ledger and records tell different things of the same positions: one of them was changed.</summary>
    ContradictsLedger,

    /// <summary>They know that more was told to the ledger than is in it.</summary>
    LedgerLost,
}

public enum RestoreState
{
    /// <summary>The ledger is replayed, by whichever worker comes first.</summary>
    Replaying,

    /// <summary>There is no ledger to replay: two people have to say that it may serve.</summary>
    AwaitingApproval,

    Done,
}

/// <summary>Records were restored. While one is not done, nothing is served.</summary>
public sealed class Restore
{
    public Guid Id { get; init; }
    public RestoreWhy Why { get; init; }
    public RestoreState State { get; set; }

    /// <summary>When the backup was made, where it came from one.</summary>
    public DateTimeOffset? BackupAt { get; init; }

    public DateTimeOffset StartedAt { get; init; }
    public Guid? FirstApprovalBy { get; set; }
    public DateTimeOffset? FirstApprovalAt { get; set; }
    public Guid? SecondApprovalBy { get; set; }
    public DateTimeOffset? SecondApprovalAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
}
