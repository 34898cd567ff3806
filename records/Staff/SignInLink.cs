namespace PhotoGuard.Records.Staff;

/// <summary>A one-time link. Without a school it is the first of all: it makes the first school and its ict person.</summary>
public sealed class SignInLink
{
    /// <summary>SHA-256 of the secret in the link, 32 bytes.</summary>
    public required byte[] Hash { get; init; }

    public Guid? SchoolId { get; init; }
    public Guid? StaffId { get; init; }

    /// <summary>Where set, the browser that opens the link is this device from then on.</summary>
    public Guid? DeviceId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}
