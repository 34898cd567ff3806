using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pages;

public sealed class PublishingPagesTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task The_editor_records_where_a_picture_is_and_is_told_when_it_has_to_come_down()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: Channel.Website), pupil);
        using var editor = await school.VisitAsync(Role.Editor);
        var (path, publish) = ($"/channels/website/{photo}", $"/channels/website/{photo}?handler=publish");

        (await editor.PostToAsync(path, $"/channels/website/{photo}?handler=alt", ("alt", "Three children run"))).Must(200).MustSay("Saved.");
        var refused = (await editor.PostToAsync(path, publish, ("place", ""), ("url", "https://school.example/news"))).Must(422);
        Assert.Equal("https://school.example/news", refused.Held("url"));
        (await editor.PostToAsync(path, publish, ("place", "Home page"), ("url", "https://school.example/news"))).Must(200).MustSay("Recorded:");
        (await editor.GetAsync($"/channels/press/{photo}")).Must(200).MustSay("not cleared for this use now");
        (await editor.GetAsync("/removals")).MustSay("Nothing has to be taken down.");

        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        (await editor.GetAsync(path)).Must(404, 410);
        var open = (await editor.GetAsync("/removals")).MustSay("Website: Home page");
        Assert.NotNull(open.Document.QuerySelector("main a[href='https://school.example/news']"));
        (await editor.PostAsync("/removals", ("proof", " "))).Must(422).MustSay("Please fill in 'what you saw'.");
        (await editor.PostAsync("/removals", ("proof", "Looked at the page"))).Must(200).MustSay("Nothing has to be taken down.");
    }

    [Fact]
    public async Task A_place_that_is_no_web_address_never_becomes_a_link()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: Channel.Website), pupil);
        using var editor = await school.VisitAsync(Role.Editor);
        (await editor.PostToAsync(
            $"/channels/website/{photo}", $"/channels/website/{photo}?handler=publish", ("place", "<b>Home</b>"), ("url", "javascript:alert(1)"))).Must(200, 422);
        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        var open = await editor.GetAsync("/removals");
        Assert.Null(open.Document.QuerySelector("main a[href^=javascript]"));
        Assert.Null(open.Document.QuerySelector("main b"));
    }

    [Fact]
    public async Task The_office_erases_a_picture_and_waits_for_its_certificate()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        using var office = await school.VisitAsync(Role.Office);
        (await office.PostAsync($"/photos/{photo}/erasure")).Must(200)
            .MustSay("is being destroyed").MustSay("There is no certificate of deletion for this picture yet.");
        (await office.GetAsync("/removals")).MustSay("Erasure was asked for");
        using var teacher = await school.VisitAsync(Role.Teacher);
        (await teacher.GetAsync($"/photos/{photo}/certificate")).Must(403);
    }

    [Fact]
    public async Task The_head_counts_what_is_due_and_nothing_is_destroyed_by_it()
    {
        var school = await api.SchoolAsync();
        using var head = await school.VisitAsync(Role.Head);
        (await head.PostAsync("/purges", ("dryRun", "true"))).Must(200).MustSay("Nothing was destroyed.").MustSay("Count only Done");
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.GetAsync("/operations")).Must(200).MustSay("Nothing is stuck.").MustSay("none yet");
    }
}
