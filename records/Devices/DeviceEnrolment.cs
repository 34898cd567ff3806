namespace PhotoGuard.Records.Devices;

/// <summary>A way for a browser to become a device; used once, by its address or by its code.</summary>
public sealed class DeviceEnrolment
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid DeviceId { get; init; }

    /// <summary>SHA-256 of the address's secret, 32 bytes.</summary>
    public required byte[] AddressHash { get; init; }

    /// <summary>HMAC-SHA-256 of the code, 32 bytes (see <see cref="EnrolmentCode"/>).</summary>
    public required byte[] CodeHash { get; init; }

    /// <summary>The ICT lead; null from the command line of the machine itself.</summary>
    public Guid? OfferedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>Codes that were tried in a quarter of an hour, right or wrong.</summary>
public sealed class EnrolmentTries
{
    public DateTimeOffset Quarter { get; init; }
    public int Tries { get; init; }
}
