namespace PhotoGuard.Records.Recovery;

public enum BackupOf
{
    /// <summary>Records and pictures.</summary>
    Records,

    /// <summary>The keys, in a place of their own.</summary>
    Keys,
}

/// <summary>A backup or a copy of the keys that was made, read back and found whole.</summary>
public sealed class Backup
{
    public Guid Id { get; init; }
    public BackupOf What { get; init; }

    /// <summary>The database's clock when it was begun: what was committed before is in it.</summary>
    public DateTimeOffset At { get; init; }

    public DateTimeOffset MadeAt { get; init; }

    /// <summary>The folder, cut at 300 characters.</summary>
    public required string Place { get; init; }

    /// <summary>Objects, or keys.</summary>
    public int Items { get; init; }

    /// <summary>Objects of earlier backups that were not as they had been written, and were copied anew.</summary>
    public int Mended { get; init; }
}
