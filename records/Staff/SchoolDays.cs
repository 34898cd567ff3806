namespace PhotoGuard.Records.Staff;

/// <summary>Dates of a school: "today" and "the end of that day" in its own zone (law 8).</summary>
public static class SchoolDays
{
    /// <summary>Which date it is at the school.</summary>
    public static DateOnly DayOf(this School school, DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, school.TimeZone()).DateTime);

    /// <summary>The first instant after the date, UTC.</summary>
    public static DateTimeOffset EndOf(this School school, DateOnly day)
    {
        var midnight = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        var zone = school.TimeZone();
        // Where clocks go forward at midnight, the day begins when they have.
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(15);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime();
    }
}
