namespace PhotoGuard.Records.Retention;

/// <summary>Instants are UTC; "two years" and "tonight" are dates in the school's zone (law 8).</summary>
public static class SchoolDays
{
    /// <summary>The date in the zone at this instant.</summary>
    public static DateOnly DateOf(DateTimeOffset instant, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The first instant after the date in the zone, in UTC; the end of the calendar where there is none.</summary>
    public static DateTimeOffset EndOf(DateOnly date, TimeZoneInfo zone) =>
        date == DateOnly.MaxValue ? DateTimeOffset.MaxValue : StartOf(date.AddDays(1), zone);

    /// <summary>The first instant of the date in the zone, in UTC: 00:00, or what the clock says first where it jumps over midnight.</summary>
    public static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        // Midnight twice (the clock goes back over it): the first one.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
