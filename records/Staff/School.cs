namespace PhotoGuard.Records.Staff;

/// <summary>A school. Every other record belongs to one, and another school cannot tell that it exists (law 9).</summary>
public sealed class School
{
    public Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>IANA name of the zone in which "two years" and "tonight" are dates, e.g. Europe/London.</summary>
    public required string Zone { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The zone itself.</summary>
    /// <exception cref="TimeZoneNotFoundException">The machine's zone data lacks it.</exception>
    public TimeZoneInfo TimeZone() => TimeZoneInfo.FindSystemTimeZoneById(Zone);
}
