namespace PhotoGuard.Records.Devices;

/// <summary>What a person began to send on a device may go on, with the device's credential alone, until it ends.</summary>
public sealed class UploadGrant
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid DeviceId { get; init; }

    /// <summary>On whose behalf.</summary>
    public Guid StaffId { get; init; }

    public Guid ActivityId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset Until { get; init; }

    /// <summary>Everything was sent, the device was revoked, or another browser became it.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
