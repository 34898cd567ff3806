using PhotoGuard.Records.Access;

namespace PhotoGuard.Tests.Records.Access;

/// <summary>What is unusual (fault 67), and that a normal day is not.</summary>
public sealed class BrowsingRuleTests
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    /// <summary>A Tuesday in summer time, 09:00 at the school.</summary>
    private static readonly DateTimeOffset Morning = new(2026, 6, 9, 8, 0, 0, TimeSpan.Zero);

    /// <summary>What people do all day; each is the busiest of its sort that we know of.</summary>
    public static TheoryData<string> NormalDays => new(Days.Keys);

    private static readonly Dictionary<string, Func<IEnumerable<Look>>> Days = new()
    {
        ["a teacher looks at a page of a colleague's activity and at each of its 60 pictures"] = () =>
            Even(60, TimeSpan.FromSeconds(10), Morning, LookOf.Picture).Concat(Even(60, TimeSpan.FromMinutes(15), Morning, LookOf.Picture)),
        ["the office goes through 400 forms in a day"] = () => Even(400, TimeSpan.FromHours(7), Morning, LookOf.Pupil),
        ["the office goes through the 90 forms of a year group at once"] = () => Even(90, TimeSpan.FromMinutes(10), Morning, LookOf.Pupil),
        ["a screener screens 200 pictures in an hour, and again after lunch"] = () =>
            Even(200, TimeSpan.FromHours(1), Morning, LookOf.Picture).Concat(Even(200, TimeSpan.FromHours(1), Morning.AddHours(4), LookOf.Picture)),
        ["the head reads four activities in ten minutes, and three a quarter of an hour later"] = () =>
            Even(240, TimeSpan.FromMinutes(10), Morning, LookOf.Picture).Concat(Even(180, TimeSpan.FromMinutes(8), Morning.AddMinutes(25), LookOf.Picture)),
        ["the same 60 pictures all day long"] = () => Enumerable.Range(0, 2000).Select(nth => new Look(Morning.AddSeconds(nth * 14), LookOf.Picture, Id(nth % 60))),
        ["the head looks at an album's last pictures at night"] = () => Even(19, TimeSpan.FromMinutes(5), Night, LookOf.Picture),
        ["a link to a picture that was taken down is tried again"] = () => Even(4, TimeSpan.FromMinutes(1), Morning, LookOf.Refused),
        ["nobody looks at anything"] = () => [],
    };

    private static readonly DateTimeOffset Night = new(2026, 6, 9, 21, 30, 0, TimeSpan.Zero);

    [Theory]
    [MemberData(nameof(NormalDays))]
    public void A_normal_day_raises_no_alarm(string day) => Assert.Empty(BrowsingRule.Of([.. Days[day]().OrderBy(look => look.At)], London));

    [Theory]
    [InlineData(LookOf.Pupil)]
    [InlineData(LookOf.Picture)]
    public void Three_hundred_in_ten_minutes_are_unusual(LookOf of)
    {
        var found = Assert.Single(BrowsingRule.Of([.. Even(300, TimeSpan.FromMinutes(10), Morning, of)], London));
        Assert.Equal(AlarmKind.Numbers, found.Kind);
        Assert.InRange(found.Looks, 100, 300);
    }

    [Theory]
    [InlineData(99, LookOf.Pupil, 9, false)]
    [InlineData(100, LookOf.Pupil, 9, true)]
    [InlineData(249, LookOf.Picture, 9, false)]
    [InlineData(250, LookOf.Picture, 9, true)]
    [InlineData(199, LookOf.Pupil, 59, false)]
    [InlineData(200, LookOf.Pupil, 59, true)]
    [InlineData(599, LookOf.Picture, 59, false)]
    [InlineData(600, LookOf.Picture, 59, true)]
    [InlineData(9, LookOf.Refused, 59, false)]
    [InlineData(10, LookOf.Refused, 59, true)]
    public void Each_limit_is_exact(int looks, LookOf of, int minutes, bool unusual) =>
        Assert.Equal(unusual, BrowsingRule.Of([.. Even(looks, TimeSpan.FromMinutes(minutes), Morning, of)], London).Any());

    [Theory]
    [InlineData("2026-06-09T20:59:00Z", false)] // 21:59 in summer time
    [InlineData("2026-06-09T21:00:00Z", true)]
    [InlineData("2026-06-10T04:59:00Z", true)]
    [InlineData("2026-06-10T05:00:00Z", false)]
    [InlineData("2026-01-13T21:59:00Z", false)] // in winter time
    [InlineData("2026-01-13T22:00:00Z", true)]
    [InlineData("2026-06-13T10:00:00Z", true)] // a Saturday
    [InlineData("2026-06-14T10:00:00Z", true)]
    [InlineData("2026-06-15T10:00:00Z", false)]
    public void Nights_and_weekends_are_those_of_the_school(string at, bool unusual)
    {
        var instant = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);
        var found = BrowsingRule.Of([.. Enumerable.Range(0, 20).Select(nth => new Look(instant, LookOf.Pupil, Id(nth)))], London).ToList();
        Assert.Equal(unusual ? [AlarmKind.Hours] : [], found.Select(one => one.Kind));
    }

    [Fact]
    public void A_minute_that_was_only_counted_weighs_what_was_counted()
    {
        var found = Assert.Single(BrowsingRule.Of([new(Morning, LookOf.Refused, Id(1), 7), new(Morning.AddMinutes(3), LookOf.Refused, Id(2), 8)], London));
        Assert.Equal((AlarmKind.Refused, 15), (found.Kind, found.Looks));
    }

    /// <summary>So many different ones, evenly over the time.</summary>
    private static IEnumerable<Look> Even(int count, TimeSpan within, DateTimeOffset from, LookOf of) =>
        Enumerable.Range(0, count).Select(nth => new Look(from + (within * nth / count), of, Id(nth)));

    private static Guid Id(int nth) => new(nth + 1, 0, 0, new byte[8]);
}
