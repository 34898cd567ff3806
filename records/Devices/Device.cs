namespace PhotoGuard.Records.Devices;

/// <summary>School equipment that may upload (P5).</summary>
public sealed class Device
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public required string Name { get; set; }
    public string? Model { get; set; }
    public DateTimeOffset EnrolledAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>SHA-256 of the secret that its browser keeps, 32 bytes; the last browser that opened a link for it.</summary>
    public byte[]? BrowserHash { get; set; }
}
