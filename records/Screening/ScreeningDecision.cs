using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Screening;

public enum ScreeningState
{
    Pending,
    Accepted,
    Rejected,
}

/// <summary>A screener's word on a photo (P8); the latest counts.</summary>
public sealed class ScreeningDecision
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }

    /// <summary>The photo's uploader, repeated so that SQL can hold the two people apart.</summary>
    public Guid UploadedBy { get; init; }

    public ScreeningState Decision { get; init; }

    /// <summary>Under the photo's key; kept for evidence and shown nowhere.</summary>
    public SealedText? Reason { get; init; }

    public Guid DecidedBy { get; init; }
    public DateTimeOffset DecidedAt { get; init; }

    internal static SealedText Sealed(string reason, TextKey key, Guid id) => key.Seal(reason, "screening_decisions.reason", id);

    internal void Open(TextKey? key) => Reason?.Open(key, "screening_decisions.reason", Id);
}
