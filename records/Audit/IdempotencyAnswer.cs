namespace PhotoGuard.Records.Audit;

/// <summary>What a write with an Idempotency-Key led to: which resource, never its content. Kept 24 hours.</summary>
public sealed class IdempotencyAnswer
{
    public Guid TokenId { get; init; }
    public required string Key { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>SHA-256 of method, path and body, 32 bytes.</summary>
    public required byte[] Digest { get; init; }

    /// <summary>Null while in flight.</summary>
    public int? Status { get; set; }

    public string? ResourceId { get; set; }
    public Guid? PhotoId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>A request that died in flight may be sent again after this instant.</summary>
    public DateTimeOffset LeaseUntil { get; set; }
}
