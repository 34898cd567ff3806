using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.Activities;

public sealed class ActivitiesTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task An_activity_is_approved_by_leadership_and_may_be_declined_later()
    {
        var school = await api.SchoolAsync();
        var id = await school.ActivityAsync(approved: false, Channel.Website);
        var (teacher, screener) = (await school.TeacherAsync(), await school.ScreenerAsync());
        var shown = (await teacher.GetAsync($"activities/{id}")).Must(200).Json;
        Assert.Equal("[\"internal\",\"website\"]", shown.GetProperty("channels").GetRawText());
        Assert.False(shown.TryGetProperty("approval", out _));

        (await teacher.PostAsync($"activities/{id}/approval", new { decision = "approved" })).MustRefuse(403, "role-may-not");
        (await screener.PostAsync($"activities/{id}/approval", new { decision = "perhaps" })).MustRefuse(422, "invalid");
        (await screener.PostAsync($"activities/{id}/approval", new { decision = "approved" })).Must(200);
        var declined = (await (await school.HeadAsync()).PostAsync($"activities/{id}/approval", new { decision = "declined", note = "rain" })).Must(200);
        Assert.Equal("declined", declined.Json.GetProperty("approval").GetString());
    }

    [Fact]
    public async Task Nobody_approves_their_own()
    {
        var school = await api.SchoolAsync();
        var asTeacher = await school.PersonAsync(Role.Teacher, "Both");
        var asScreener = await school.PersonAsync(Role.Screener, "Both");
        var own = (await asTeacher.PostAsync("activities", new
        {
            title = "t", purpose = "p", heldOn = "2026-05-01", channels = Array.Empty<string>(), afterwards = "a",
        })).Must(201);
        (await asScreener.PostAsync($"activities/{own.Id}/approval", new { decision = "approved" })).MustRefuse(403, "own-activity");
    }

    [Fact]
    public async Task Days_in_the_wrong_order_are_refused()
    {
        var teacher = await (await api.SchoolAsync()).TeacherAsync();
        foreach (var (until, keep) in new[] { ("2026-04-30", (string?)null), (null, "2026-04-30") })
        {
            (await teacher.PostAsync("activities", new
            {
                title = "t", purpose = "p", heldOn = "2026-05-01", heldUntil = until, channels = new[] { "press" }, afterwards = "a", keepUntil = keep,
            })).MustRefuse(422, "invalid-activity");
        }
    }

    [Fact]
    public async Task Another_school_cannot_tell_that_it_exists()
    {
        var id = await (await api.SchoolAsync()).ActivityAsync();
        var strangers = await api.SchoolAsync();
        foreach (var role in Enum.GetValues<Role>())
        {
            var stranger = await strangers.AsAsync(role);
            (await stranger.GetAsync($"activities/{id}")).MustRefuse(404, "not-found");
            (await stranger.PostAsync($"activities/{id}/approval", new { decision = "approved" })).MustRefuse(404, "not-found");
        }
    }

    [Fact]
    public async Task Only_teachers_start_one()
    {
        var school = await api.SchoolAsync();
        foreach (var role in Enum.GetValues<Role>().Where(role => role != Role.Teacher))
        {
            (await (await school.AsAsync(role)).PostAsync("activities", new
            {
                title = "t", purpose = "p", heldOn = "2026-05-01", channels = Array.Empty<string>(), afterwards = "a",
            })).MustRefuse(403, "role-may-not");
        }
    }
}
