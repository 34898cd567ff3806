using System.Text.Json;

namespace PhotoGuard.Records.Audit;

/// <summary>What happened, written in the operation's own commit. Append-only; no names, no text of people.</summary>
public sealed class AuditEntry
{
    public long Id { get; init; }
    public Guid SchoolId { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>An event of docs/audit-events.md, e.g. <c>photo.received</c>.</summary>
    public required string Event { get; init; }

    public ActorKind ActorKind { get; init; }
    public Guid? ActorId { get; init; }
    public Guid? TokenId { get; init; }
    public Guid? DeviceId { get; init; }
    public Guid? PhotoId { get; init; }
    public string? SubjectKind { get; init; }
    public string? SubjectId { get; init; }
    public JsonDocument Details { get; init; } = JsonDocument.Parse("{}");
}

/// <summary>An entry waits for its position.</summary>
public sealed class AuditUnsealed
{
    public long EntryId { get; init; }
    public Guid SchoolId { get; init; }
}

/// <summary>An entry's position in its school's chain, and the digest that ties it to the one before.</summary>
public sealed class AuditSeal
{
    public Guid SchoolId { get; init; }

    /// <summary>1, 2, 3 … without a gap.</summary>
    public long Position { get; init; }

    public long EntryId { get; init; }

    /// <summary>SHA-256 over the digest before and the entry, 32 bytes.</summary>
    public required byte[] Digest { get; init; }
}

/// <summary>Positions that a restore no longer has; the ledger vouches for them, and the chain goes on behind them.</summary>
public sealed class AuditBridge
{
    public Guid SchoolId { get; init; }

    /// <summary>The last position that the restored database had; 0 for none.</summary>
    public long AfterPosition { get; init; }

    /// <summary>The last position that the ledger tells.</summary>
    public long Position { get; init; }

    /// <summary>The chain's digest there, 32 bytes.</summary>
    public required byte[] Digest { get; init; }

    public Guid RestoreId { get; init; }
    public DateTimeOffset BuiltAt { get; init; }
}
