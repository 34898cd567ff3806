using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Pupils;

/// <summary>While it stands the pupil is cleared for nothing; the reason is seen by the safeguarding lead alone.</summary>
public sealed class SafeguardingBlock
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PupilId { get; init; }

    /// <summary>Under the pupil's key.</summary>
    public required SealedText Reason { get; init; }

    public DateTimeOffset PlacedAt { get; init; }
    public Guid PlacedBy { get; init; }
    public DateTimeOffset? LiftedAt { get; set; }
    public Guid? LiftedBy { get; set; }

    internal static SealedText Sealed(string reason, TextKey key, Guid id) => key.Seal(reason, "safeguarding_blocks.reason", id);

    internal void Open(TextKey? key) => Reason.Open(key, "safeguarding_blocks.reason", Id);
}
