using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Records.Staff;

/// <summary>A bearer token of a person or program, perhaps bound to a device or a channel; only its SHA-256 is kept.</summary>
public sealed class AccessToken
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>SHA-256 of the token's text, 32 bytes.</summary>
    public required byte[] Hash { get; init; }

    public Guid StaffId { get; init; }
    public Role Role { get; init; }
    public Guid? DeviceId { get; init; }

    /// <summary>Where set, the token pulls this channel and does nothing else.</summary>
    public Channel? Channel { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>To the minute; null for never.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
