using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Retention;

namespace PhotoGuard.Tests.Records.Retention;

/// <summary>policies.md, Holding: deleteAfter and the date taken.</summary>
public class RetentionRuleTests
{
    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.FindSystemTimeZoneById(name);

    private static DateTimeOffset Utc(string instant) =>
        DateTimeOffset.Parse(instant, null, System.Globalization.DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData("Europe/London", "2024-01-15T10:00Z", "2026-01-16T00:00Z")]
    [InlineData("Europe/London", "2024-06-15T10:00Z", "2026-06-15T23:00Z")]  // summer: midnight is an hour earlier in UTC
    [InlineData("Europe/London", "2024-06-15T23:30Z", "2026-06-16T23:00Z")]  // already the 16th in the school
    [InlineData("Europe/London", "2024-10-24T10:00Z", "2026-10-24T23:00Z")]  // the day on which the clock goes back
    [InlineData("Pacific/Auckland", "2024-06-15T13:00Z", "2026-06-16T12:00Z")]
    [InlineData("Pacific/Auckland", "2024-06-15T11:00Z", "2026-06-15T12:00Z")]
    [InlineData("America/St_Johns", "2024-01-15T10:00Z", "2026-01-16T03:30Z")]
    public void Fault49_delete_after_is_midnight_in_the_schools_zone_on_the_day_after_two_years(string zone, string taken, string expected) =>
        Assert.Equal(Utc(expected), RetentionRule.DeleteAfter(Utc(taken), null, 2, Zone(zone)));

    [Theory]
    [InlineData("2024-02-29T12:00Z", 2, "2026-03-01T00:00Z")]
    [InlineData("2024-02-29T12:00Z", 1, "2025-03-01T00:00Z")]
    [InlineData("2024-02-28T12:00Z", 2, "2026-03-01T00:00Z")]
    [InlineData("2026-02-28T12:00Z", 2, "2028-02-29T00:00Z")]
    public void Fault49_the_29th_of_February_becomes_the_28th(string taken, int years, string expected) =>
        Assert.Equal(Utc(expected), RetentionRule.DeleteAfter(Utc(taken), null, years, Zone("Europe/London")));

    [Theory]
    [InlineData("2024-12-20", "2024-12-21T00:00Z")]
    [InlineData("2026-01-14", "2026-01-15T00:00Z")]
    [InlineData("2026-01-15", "2026-01-16T00:00Z")]
    [InlineData("2030-01-01", "2026-01-16T00:00Z")]
    public void Keep_until_counts_where_it_is_earlier(string keepUntil, string expected) => Assert.Equal(
        Utc(expected), RetentionRule.DeleteAfter(Utc("2024-01-15T10:00Z"), DateOnly.Parse(keepUntil), 2, Zone("Europe/London")));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void No_more_than_two_years_can_be_asked_for(int years) => Assert.Throws<ArgumentOutOfRangeException>(
        () => RetentionRule.DeleteAfter(Utc("2024-01-15T10:00Z"), null, years, Zone("Europe/London")));

    [Theory]
    [InlineData("Asia/Beirut", "2024-03-30T00:00Z", 1, "2025-03-30T21:00Z")]      // an ordinary summer midnight
    [InlineData("Asia/Beirut", "2024-03-29T10:00Z", 1, "2025-03-29T22:00Z")]      // 30 March 2025: 00:00 becomes 01:00
    [InlineData("America/Havana", "2023-03-09T15:00Z", 1, "2024-03-10T05:00Z")]   // 10 March 2024: 00:00 becomes 01:00
    [InlineData("America/Havana", "2023-11-02T15:00Z", 1, "2024-11-03T04:00Z")]   // 3 November 2024: 01:00 becomes 00:00
    public void Fault49_where_the_clock_jumps_at_midnight_the_first_instant_of_the_day_counts(
        string zone, string taken, int years, string expected) =>
        Assert.Equal(Utc(expected), RetentionRule.DeleteAfter(Utc(taken), null, years, Zone(zone)));

    [Theory]
    [InlineData("Europe/London")]
    [InlineData("Asia/Beirut")]
    [InlineData("America/Havana")]
    [InlineData("America/Sao_Paulo")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Pacific/Chatham")]
    [InlineData("Pacific/Kiritimati")]
    public void Every_day_starts_at_the_first_instant_that_bears_its_date(string name)
    {
        var zone = Zone(name);
        for (var day = new DateOnly(2012, 1, 1); day.Year < 2031; day = day.AddDays(1))
        {
            var start = SchoolDays.StartOf(day, zone);
            Assert.Equal(day, SchoolDays.DateOf(start, zone));
            Assert.Equal(day.AddDays(-1), SchoolDays.DateOf(start.AddTicks(-1), zone));
        }
    }

    [Theory]
    [InlineData("2026-05-01T00:00Z", "2026-04-30T23:59:59.999999Z", false)]
    [InlineData("2026-05-01T00:00Z", "2026-05-01T00:00Z", true)]
    [InlineData("2026-05-01T00:00Z", "2026-05-01T00:00:00.000001Z", true)]
    public void Due_and_not_shown_once_delete_after_is_at_or_before_now(string deleteAfter, string now, bool due)
    {
        Assert.Equal(due, RetentionRule.IsDue(Utc(deleteAfter), Utc(now)));
        Assert.Equal(due, RetentionRule.TooOldAtUpload(Utc(deleteAfter), Utc(now)));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("1999-12-31T23:59:59Z", false)]
    [InlineData("2000-01-01T00:00Z", true)]
    [InlineData("2026-05-02T12:00Z", true)]
    [InlineData("2026-05-02T12:00:01Z", false)]
    [InlineData("0001-01-01T00:00Z", false)]
    [InlineData("9999-12-31T23:59:59Z", false)]
    public void A_date_before_2000_or_more_than_24_hours_ahead_is_impossible_and_the_date_received_counts(string? picture, bool possible)
    {
        var received = Utc("2026-05-01T12:00Z");
        var (at, from) = RetentionRule.TakenAt(picture is null ? null : Utc(picture), received, Zone("Europe/London"));
        Assert.Equal(possible ? (Utc(picture!), TakenFrom.Picture) : (received, TakenFrom.Received), (at, from));
    }

    [Fact]
    public void The_year_2000_begins_at_the_schools_midnight() => Assert.Equal(
        TakenFrom.Picture, RetentionRule.TakenAt(Utc("1999-12-31T11:00Z"), Utc("2026-05-01T12:00Z"), Zone("Pacific/Auckland")).From);
}
