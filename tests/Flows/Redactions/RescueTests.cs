using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;

namespace PhotoGuard.Tests.Flows.Redactions;

/// <summary>In a group picture a screener may rescue it for the others by redacting the pupil who said no (policies.md, Holding).</summary>
public sealed class RescueTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task A_child_is_taken_out_and_the_picture_stays_for_the_others()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync(PolicyProfile.MisConsent);
        var (teacher, screener, editor) = (await school.TeacherAsync(), await school.ScreenerAsync(), await school.EditorAsync());
        var (leaving, staying) = (await school.ClearedPupilAsync(Channel.Website), await school.ClearedPupilAsync(Channel.Website));
        var source = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), leaving, staying);

        await leaving.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        (await teacher.GetAsync($"photos/{source}")).MustRefuse(410, "gone");
        (await screener.GetAsync($"photos/{source}")).Must(200);

        var made = (await screener.PostAsync($"photos/{source}/redactions", new
        {
            boxes = new[] { Redacting.Box() },
            fill = "average",
            pupils = new[] { staying.MisId },
            nobodyElse = true,
        })).Must(201).Json;
        var redacted = made.GetProperty("id").GetGuid();
        Assert.Equal(source, made.GetProperty("redactedFrom").GetGuid());
        Assert.Equal([staying.MisId], made.GetProperty("pupils").EnumerateArray().Select(pupil => pupil.GetString()));
        Assert.Equal("unscreened", await school.InternalAsync(redacted));

        await school.AcceptAsync(redacted);
        await school.RescueEndsAsync(source);
        Assert.Equal("internalNo", await school.DestroyedAsync(source));

        Assert.Equal("", await school.InternalAsync(redacted));
        (await teacher.GetAsync($"photos/{redacted}")).Must(200);
        await Eventually.IsAsync("the redacted picture in the feed", async () => (await editor.GetAsync("channels/website/photos")).Must(200).Items
            .Any(item => item.GetProperty("id").GetGuid() == redacted && item.GetProperty("state").GetString() == "cleared"));
        var picture = (await editor.GetAsync($"channels/website/photos/{redacted}/web")).Must(200).Bytes;
        PictureCheck.Verify(picture);
        (await editor.GetAsync($"channels/website/photos/{source}/web")).Must(404, 410);

        await NowhereAsync(leaving, redacted);
        // What the rescue gave is the other family's to take back.
        await staying.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        Assert.Equal("internalNo", await school.DestroyedAsync(redacted));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from redactions where photo_id = $1 or source_id = $1 or source_id = $2", redacted, source));
    }

    [Fact]
    public async Task A_redaction_in_which_the_child_is_still_recognisable_goes_the_way_of_its_source()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync(PolicyProfile.MisConsent);
        var (leaving, staying) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var source = await school.ReadyPhotoAsync(await school.ActivityAsync(), leaving, staying);
        await leaving.AnswerAsync(Channel.Internal, Answer.Withdrawn);

        var redacted = await school.RedactAsync(source, leaving, staying);

        // Asked after the no, with the tag of before: hidden like its source, not tagged late.
        (await (await school.TeacherAsync()).GetAsync($"photos/{redacted}")).MustRefuse(410, "gone");
        await school.RescueEndsAsync(source);
        // As the sweep of every minute does it.
        await school.FollowAsync(redacted);
        Assert.Equal("internalNo", await school.DestroyedAsync(source));
        Assert.Equal("internalNo", await school.DestroyedAsync(redacted));
    }

    [Fact]
    public async Task Until_somebody_says_otherwise_everybody_counts_as_recognisable_and_it_is_cleared_for_nothing()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync();
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var source = await school.ReadyPhotoAsync(await school.ActivityAsync(), one, other);

        var made = (await (await school.TeacherAsync()).PostAsync($"photos/{source}/redactions", new { boxes = new[] { Redacting.Box() }, fill = "solid" })).Must(201);

        Assert.Equal(new[] { one.MisId, other.MisId }.Order(), made.Json.GetProperty("pupils").EnumerateArray().Select(pupil => pupil.GetString()));
        Assert.Equal("unscreened not-linked", await school.InternalAsync(made.Id));
        // The uploader is the source's: whoever took the picture does not screen what was made of it.
        Assert.Equal((await school.TeacherAsync()).Id, made.Json.GetProperty("uploadedBy").GetGuid());
        await school.LinkAsync(made.Id, one);
        await school.AcceptAsync(made.Id);
        Assert.Equal("", await school.InternalAsync(made.Id));
    }

    /// <summary>No link, no object, no record of the redacted picture names the child.</summary>
    private async Task NowhereAsync(TestPupil pupil, Guid photo)
    {
        var id = await api.Records.ScalarAsync<Guid>("select id from pupils where mis_id = $1 and exists (select 1 from photos where photos.id = $2 and photos.school_id = pupils.school_id)", pupil.MisId, photo);
        foreach (var sql in new[]
        {
            "select count(*) from photo_pupils where photo_id = $1 and pupil_id::text = $2",
            "select count(*) from redactions it where photo_id = $1 and it::text like '%' || $2 || '%'",
            "select count(*) from audit_entries it where photo_id = $1 and it::text like '%' || $2 || '%'",
        }) Assert.Equal(0L, await api.Records.ScalarAsync<long>(sql, photo, id.ToString()));
    }
}

file static class Time
{
    /// <summary>The days of the rescue are over, as far as this school is concerned.</summary>
    public static async Task RescueEndsAsync(this TestSchool school, Guid photo)
    {
        await school.Api.Records.ExecuteAsync("update policy_switches set rescue_days = 0 where school_id = $1", school.Id);
        await school.FollowAsync(photo);
    }
}
