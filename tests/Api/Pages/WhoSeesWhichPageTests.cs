using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pages;

/// <summary>Whose a page is not is told so in plain words. Which pages are whose: tests/NeedToKnow.</summary>
public sealed class WhoSeesWhichPageTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task What_another_school_has_is_told_not_to_be_there()
    {
        var (school, other) = (await api.SchoolAsync(), await api.SchoolAsync());
        using var screener = await school.VisitAsync(Role.Screener);
        (await screener.GetAsync($"/photos/{await other.UploadAsync(await other.ActivityAsync())}")).Must(404).MustSay("There is no such picture.");
        using var office = await school.VisitAsync(Role.Office);
        (await office.GetAsync($"/pupils/{(await other.PupilAsync()).MisId}")).Must(404).MustSay("There is no such pupil.");
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
