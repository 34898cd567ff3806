namespace PhotoGuard.Records.Devices;

/// <summary>School equipment that may upload (P5). Whoever signs in on it shares it with others.</summary>
public sealed class Device
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public required string Name { get; set; }

    /// <summary>As its own pictures name their camera, so that others' are seen (P5).</summary>
    public string? Model { get; set; }

    /// <summary>Who answers for it, e.g. a class or a person; in the school's own words.</summary>
    public string? Owner { get; set; }

    public DateTimeOffset EnrolledAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>SHA-256 of the secret that its browser keeps, 32 bytes; the last browser that was enrolled as it.</summary>
    public byte[]? BrowserHash { get; set; }

    /// <summary>Since when that browser is the device.</summary>
    public DateTimeOffset? BrowserAt { get; set; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? SeenAt { get; set; }
}
