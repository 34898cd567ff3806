namespace PhotoGuard.Records.Holds;

/// <summary>A sealed copy of what is held, for the police. Two different people agree to it; it is taken once.</summary>
public sealed class PoliceExport
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }
    public Guid AskedBy { get; init; }
    public DateTimeOffset AskedAt { get; init; }
    public Guid? ApprovedBy { get; set; }
    public DateTimeOffset? ApprovedAt { get; set; }

    /// <summary>Of the passphrase, 16 bytes.</summary>
    public byte[]? Salt { get; set; }

    /// <summary>The key that the passphrase gives, wrapped by the photo's own; forgotten when the file is taken.</summary>
    public byte[]? Wrapped { get; set; }

    public Guid? TakenBy { get; set; }
    public DateTimeOffset? TakenAt { get; set; }
}
