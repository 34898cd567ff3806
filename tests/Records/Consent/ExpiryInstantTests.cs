using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Retention;

namespace PhotoGuard.Tests.Records.Consent;

/// <summary>The last day of an answer ends at one instant: no gap and no repeat, whatever the clocks of the school do that night.</summary>
public class ExpiryInstantTests
{
    [Theory]
    [InlineData("Europe/London", "2026-10-24", "2026-10-24T23:00Z")]       // the day before the clocks go back
    [InlineData("Europe/London", "2026-10-25", "2026-10-26T00:00Z")]       // that day has 25 hours
    [InlineData("Europe/London", "2027-03-28", "2027-03-28T23:00Z")]       // this one has 23
    [InlineData("Europe/London", "2028-02-28", "2028-02-29T00:00Z")]
    [InlineData("Europe/London", "2028-02-29", "2028-03-01T00:00Z")]
    [InlineData("America/Havana", "2026-10-31", "2026-11-01T04:00Z")]      // 01:00 becomes 00:00: midnight comes twice
    [InlineData("Asia/Beirut", "2027-03-27", "2027-03-27T22:00Z")]         // 00:00 becomes 01:00: there is no midnight
    public void Fault49_an_answer_ends_once_at_the_first_instant_of_the_next_day(string zoneName, string lastDay, string end)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var last = DateOnly.Parse(lastDay, null);
        var history = new PupilHistory().Answered(1, Answer.Given, expires: last.DayNumber - new DateOnly(2026, 1, 1).DayNumber);
        var ends = DateTimeOffset.Parse(end, null, System.Globalization.DateTimeStyles.AssumeUniversal);
        for (var at = ends.AddHours(-30); at < ends.AddHours(30); at = at.AddMinutes(1))
            Assert.Equal(at < ends, history.On(SchoolDays.DateOf(at, zone), Channel.Website).Cleared);
        Assert.Equal(ends, SchoolDays.EndOf(last, zone));
    }
}
