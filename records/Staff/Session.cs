namespace PhotoGuard.Records.Staff;

/// <summary>A signed-in browser. The row is the session: deleting it ends it at the next request.</summary>
public sealed class Session
{
    /// <summary>SHA-256 of the cookie's secret, 32 bytes.</summary>
    public required byte[] Hash { get; init; }

    public Guid SchoolId { get; init; }
    public Guid StaffId { get; init; }
    public Guid? DeviceId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset SeenAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public SignInWay How { get; init; }

    /// <summary>A second factor was shown, or the one way was as good as two.</summary>
    public bool SecondFactor { get; init; }

    /// <summary>When the person last proved who they are.</summary>
    public DateTimeOffset ProvedAt { get; set; }
}
