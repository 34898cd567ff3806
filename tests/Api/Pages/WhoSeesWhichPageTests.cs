using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pages;

/// <summary>Every page for every role: whose it is not is told so in plain words, and another school's record is nowhere.</summary>
public sealed class WhoSeesWhichPageTests(TestApi api) : IClassFixture<TestApi>
{
    private const string All = "teacher screener office editor safeguarding head ict";

    [Theory]
    [InlineData("/", All)]
    [InlineData("/sign-in-name", All)]
    [InlineData("/activities", "teacher screener office head")]
    [InlineData("/activities/new", "teacher")]
    [InlineData("/screening", "screener")]
    [InlineData("/pupils", "office")]
    [InlineData("/pupils/new", "office")]
    [InlineData("/channels", "editor")]
    [InlineData("/channels/website", "editor")]
    [InlineData("/removals", "office editor head")]
    [InlineData("/holds", "safeguarding head")]
    [InlineData("/access", "safeguarding head")]
    [InlineData("/blocks", "safeguarding")]
    [InlineData("/purges", "head ict")]
    [InlineData("/people", "ict")]
    [InlineData("/operations", "ict")]
    public async Task A_page_is_for_its_roles(string path, string roles)
    {
        var school = await api.SchoolAsync();
        foreach (var role in Enum.GetValues<Role>())
        {
            using var visitor = await school.VisitAsync(role);
            var seen = await visitor.GetAsync(path);
            seen.Must(roles.Split(' ').Contains(Words.Of(role)) ? 200 : 403);
        }

        using var nobody = new PageVisitor(api.Address);
        Assert.StartsWith("/sign-in", (await nobody.GetAsync(path)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_school_has_is_nowhere()
    {
        var (school, other) = (await api.SchoolAsync(), await api.SchoolAsync());
        var pupil = await other.ClearedPupilAsync();
        var activity = await other.ActivityAsync();
        var photo = await other.UploadAsync(activity);
        string[] paths =
        [
            $"/activities/{activity}", $"/activities/{activity}/pictures", $"/photos/{photo}", $"/photos/{photo}/concern",
            $"/photos/{photo}/erasure", $"/photos/{photo}/hold", $"/pupils/{pupil.MisId}", $"/pupils/{pupil.MisId}/edit",
            $"/pupils/{pupil.MisId}/answer", $"/pupils/{pupil.MisId}/guardians/new", $"/blocks/{pupil.MisId}",
            $"/channels/website/{photo}", $"/people/{(await other.TeacherAsync()).Id}",
        ];
        foreach (var role in Enum.GetValues<Role>())
        {
            using var visitor = await school.VisitAsync(role);
            foreach (var path in paths) (await visitor.GetAsync(path)).Must(404, 403);
        }

        using var screener = await school.VisitAsync(Role.Screener);
        (await screener.GetAsync($"/photos/{photo}")).Must(404).MustSay("There is no such picture.");
        using var office = await school.VisitAsync(Role.Office);
        (await office.GetAsync($"/pupils/{pupil.MisId}")).Must(404).MustSay("There is no such pupil.");
    }

    [Fact]
    public async Task A_destroyed_picture_is_told_to_be_no_longer_available()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        using var head = await school.VisitAsync(Role.Head);
        (await head.PostAsync($"/photos/{photo}/erasure")).Must(200).MustSay("is being destroyed");
        (await head.GetAsync($"/photos/{photo}")).Must(410).MustSay("This picture is no longer available.");
    }
}
