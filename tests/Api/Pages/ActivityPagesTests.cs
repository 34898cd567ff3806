using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pages;

public sealed class ActivityPagesTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task A_teacher_starts_an_activity_and_leadership_approves_it()
    {
        var school = await api.SchoolAsync();
        using var teacher = await school.VisitAsync(Role.Teacher);
        var refused = (await teacher.PostAsync("/activities/new", ("title", "Book week"), ("purpose", ""), ("heldOn", "2026-11-02"), ("afterwards", "Deleted"))).Must(422);
        Assert.Contains("Please fill in 'purpose'.", refused.Refused, StringComparison.Ordinal);
        Assert.Equal("Book week", refused.Held("title"));
        Assert.Equal("2026-11-02", refused.Held("heldOn"));

        var started = (await teacher.PostAsync("/activities/new",
            ("title", "Book week"), ("purpose", "To show families"), ("heldOn", "2026-11-02"), ("channels", "Website"), ("afterwards", "Deleted"))).Must(200);
        started.MustSay("Waiting for approval").MustSay("Inside the school, Website");
        Assert.DoesNotContain("Send pictures", started.Words, StringComparison.Ordinal);

        var path = started.Path.Split('?')[0];
        using var screener = await school.VisitAsync(Role.Screener);
        (await screener.GetAsync("/screening")).MustSay("Book week");
        (await screener.PostAsync(path, ("decision", "Approved"), ("note", "Only in the hall"))).Must(200).MustSay("The activity is approved.");
        (await teacher.GetAsync(path)).MustSay("Only in the hall").MustSay("Send pictures");
    }

    [Fact]
    public async Task Each_of_several_pictures_is_taken_or_refused_for_itself()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        using var teacher = await school.VisitAsync(Role.Teacher, device: "iPad 07");
        var picture = TestPhotos.Picture();
        var seen = (await teacher.SendFilesAsync(
            $"/activities/{activity}/pictures", ("one.jpeg", picture), ("two.jpeg", TestPhotos.Picture()), ("same.jpeg", picture), ("empty.jpeg", []),
            ("text.jpg", "text"u8.ToArray()))).Must(200);
        seen.MustSay("2 of 5 pictures taken").MustSay("one.jpeg Taken.").MustSay("same.jpeg Not taken. The school already has this picture")
            .MustSay("empty.jpeg Not taken. The file is empty.").MustSay("text.jpg Not taken.");
        Assert.Equal(2L, await api.Records.ScalarAsync<long>("select count(*) from photos where activity_id = $1", activity));
    }

    [Fact]
    public async Task No_picture_is_taken_from_a_form_without_its_seal_or_without_a_picture()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        using var teacher = await school.VisitAsync(Role.Teacher, device: "iPad 07");
        var path = $"/activities/{activity}/pictures";
        var unsealed = new MultipartFormDataContent { { new ByteArrayContent(TestPhotos.Picture()), "pictures", "one.jpeg" } };
        (await teacher.SendAsync(path, unsealed)).Must(400).MustSay("open for too long");
        var none = (await teacher.SendFilesAsync(path)).Must(422);
        Assert.Contains("Please choose at least one picture.", none.Refused, StringComparison.Ordinal);
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from photos where activity_id = $1", activity));
    }

    [Fact]
    public async Task A_picture_from_a_device_that_is_not_the_schools_is_refused_in_words()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        using var teacher = await school.VisitAsync(Role.Teacher);
        (await teacher.SendFilesAsync($"/activities/{activity}/pictures", ("one.jpeg", TestPhotos.Picture()))).Must(422)
            .MustSay("Pictures are taken in from the school's own devices only.");
    }

    [Fact]
    public async Task Who_is_in_a_picture_is_saved_and_what_is_wrong_loses_nothing()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.UploadAsync(await school.ActivityAsync(channels: Channel.Website));
        using var teacher = await school.VisitAsync(Role.Teacher, device: "iPad 07");
        var (path, who) = ($"/photos/{photo}", $"/photos/{photo}?handler=who");

        (await teacher.PostToAsync(path, who, ("pupils", "nobody-of-ours"), ("nobodyElse", "true"))).Must(422)
            .MustSay("One of the pupils is not in this school's records.");
        (await teacher.PostToAsync(path, who, ("pupils", pupil.MisId), ("nobodyElse", "true"))).Must(200).MustSay("Saved.");
        var seen = await teacher.GetAsync(path);
        Assert.NotNull(seen.Document.QuerySelector($"input[value={pupil.MisId}][checked]"));
        Assert.NotNull(seen.Document.QuerySelector("input[name=nobodyElse][checked]"));
        seen.MustSay("Nobody has screened this picture yet.");

        (await teacher.PostToAsync(path, $"/photos/{photo}?handler=back")).Must(200).MustSay("The picture is taken back.");
        (await teacher.GetAsync(path)).Must(410);
    }

    [Fact]
    public async Task A_screener_rejects_a_picture_and_undoes_it()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        using var screener = await school.VisitAsync(Role.Screener);
        (await screener.PostAsync("/screening", ("id", $"{photo}"), ("decision", "Rejected"))).Must(422);
        var rejected = (await screener.PostAsync("/screening", ("id", $"{photo}"), ("decision", "Rejected"), ("reason", "quality"))).Must(200);
        rejected.MustSay("you can undo this").MustSay("Nothing is waiting for you.");
        (await screener.PostAsync(rejected.Path, ("decision", "Accepted"))).Must(200).MustSay("The rejection is undone");
        (await screener.GetAsync($"/photos/{photo}")).Must(200);
    }

    [Fact]
    public async Task A_concern_locks_the_picture_and_two_people_release_it()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        using var teacher = await school.VisitAsync(Role.Teacher);
        (await teacher.PostAsync($"/photos/{photo}/concern", ("kind", "Distressing"), ("note", "A fall"))).Must(200).MustSay("locked at once");
        (await teacher.GetAsync($"/photos/{photo}")).Must(404);

        using var lead = await school.VisitAsync(Role.Safeguarding);
        (await lead.GetAsync("/holds")).MustSay("It may distress somebody: A fall");
        (await lead.PostAsync("/holds")).Must(200).MustSay("A second person has to agree.");
        using var head = await school.VisitAsync(Role.Head);
        var seen = await head.GetAsync("/holds");
        seen.MustSay("The safeguarding asked for its release.");
        Assert.DoesNotContain("A fall", seen.Words, StringComparison.Ordinal);
        (await head.PostAsync("/holds")).Must(200).MustSay("The hold is released.");
        (await teacher.GetAsync($"/photos/{photo}")).Must(200);
    }
}
