using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Removal;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>Who is in a picture, and what follows when that is wrong (policies.md, Holding).</summary>
public sealed class LinkingTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Unknown_pupils_and_pupils_of_another_school_are_refused_alike_and_change_nothing()
    {
        var school = await api.SchoolAsync();
        var strangers = await api.SchoolAsync();
        await strangers.PupilAsync();
        var stranger = await strangers.PupilAsync();
        var pupil = await school.ClearedPupilAsync();
        var teacher = await school.TeacherAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        foreach (var named in new[] { "nobody", stranger.MisId, "" })
        {
            (await teacher.PutAsync($"photos/{photo}/pupils", new { pupils = new[] { pupil.MisId, named }, nobodyElse = true })).MustRefuse(422, "unknown-pupil");
        }
        (await teacher.PutAsync($"photos/{photo}/pupils", new { pupils = new string?[] { null }, nobodyElse = true })).Must(422);
        (await teacher.PutAsync($"photos/{photo}/pupils", new { pupils = Enumerable.Range(0, 3000).Select(n => $"p{n}"), nobodyElse = true })).MustRefuse(422, "invalid");
        (await teacher.PutAsync($"photos/{photo}/pupils", new { pupils = new[] { "p\0" }, nobodyElse = true })).MustRefuse(422, "invalid");
        Assert.Equal(0, (await teacher.GetAsync($"photos/{photo}")).Json.GetProperty("pupils").GetArrayLength());
    }

    [Fact]
    public async Task Until_somebody_says_that_nobody_else_is_in_it_nothing_is_cleared()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await school.AcceptAsync(photo);
        await LinkAsync(school, photo, nobodyElse: false, pupil);
        Assert.Equal("not-linked", await InternalAsync(school, photo));
        await LinkAsync(school, photo, nobodyElse: true, pupil);
        Assert.Equal("", await InternalAsync(school, photo));
    }

    [Fact]
    public async Task Taking_a_pupil_out_after_screening_sets_it_back_and_adding_one_does_not()
    {
        var school = await api.SchoolAsync();
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), one);
        await LinkAsync(school, photo, true, one, other);
        Assert.Equal("", await InternalAsync(school, photo));
        await LinkAsync(school, photo, true, other);
        Assert.Equal("unscreened", await InternalAsync(school, photo));
        Assert.Equal("pending", (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).Json.GetProperty("screening").GetString());
        await school.AcceptAsync(photo);
        Assert.Equal("", await InternalAsync(school, photo));
    }

    [Fact]
    public async Task Screening_that_overtakes_a_change_of_links_does_not_cover_it()
    {
        var school = await api.SchoolAsync();
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var activity = await school.ActivityAsync();
        for (var round = 0; round < 5; round++)
        {
            var photo = await school.UploadAsync(activity);
            await LinkAsync(school, photo, true, one, other);
            await Task.WhenAll(school.AcceptAsync(photo), LinkAsync(school, photo, true, other));
            // Accepted before the pupil went out: pending again. Accepted after: accepted as it is now.
            var events = await api.Records.ScalarAsync<string[]>(
                "select array_agg(decision order by decided_at) from screening_decisions where photo_id = $1", photo);
            var last = await api.Records.ScalarAsync<string>("""
                select event from audit_entries where photo_id = $1 and event in ('photo.screened', 'photo.linked') order by id desc limit 1
                """, photo);
            Assert.Equal(last == "photo.linked" ? "pending" : "accepted", events[^1]);
        }
    }

    [Fact]
    public async Task A_pupil_tagged_without_a_standing_internal_is_shown_nowhere_and_costs_the_picture_after_seven_days()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), pupil);
        Assert.Equal("no-answer", await InternalAsync(school, photo));
        await api.Records.ExecuteAsync("update photo_pupils set tagged_at = now() - interval '6 days 23 hours' where photo_id = $1", photo);
        Assert.Equal(0, await school.FollowAsync(photo));
        await api.Records.ExecuteAsync("update photo_pupils set tagged_at = now() - interval '7 days 1 minute' where photo_id = $1", photo);
        Assert.Equal(1, await school.FollowAsync(photo));
        (await (await school.OfficeAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
        Assert.Equal("tagTimeout", (await (await school.OfficeAsync()).GetAsync($"photos/{photo}/certificate")).Must(200).Json.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Fault47_A_pupil_tagged_after_a_no_is_shown_nowhere_and_a_no_after_the_tag_destroys_at_once()
    {
        var school = await api.SchoolAsync();
        var (before, after) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        await before.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        var activity = await school.ActivityAsync();
        var late = await school.ReadyPhotoAsync(activity, before);
        Assert.Equal("guardian-no", await InternalAsync(school, late));
        (await (await school.TeacherAsync()).GetAsync($"photos/{late}")).Must(200);

        var photo = await school.ReadyPhotoAsync(activity, after);
        await after.AnswerAsync(Channel.Internal, Answer.Refused);
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
    }

    [Fact]
    public async Task Fault47_Every_copy_of_a_picture_comes_down_when_a_pupil_without_consent_is_found_in_it()
    {
        var school = await api.SchoolAsync();
        var (named, late) = (await school.ClearedPupilAsync(Channel.Website), await school.ClearedPupilAsync());
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), named);
        var editor = await school.EditorAsync();
        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page" })).Must(201);
        Assert.Empty((await editor.GetAsync("removals?state=open")).Must(200).Items);

        await school.LinkAsync(photo, named, late);

        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "News" })).MustRefuse(409, "not-cleared");
        var removal = Assert.Single((await editor.GetAsync("removals?state=open")).Must(200).Items);
        Assert.Equal("channelNotCleared", removal.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Expiry_only_hides()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        await pupil.AnswerAsync(Channel.Internal, Answer.Given, answeredAt: DateTimeOffset.UtcNow.AddDays(-40), expiresOn: TestSchool.Today.AddDays(-30));
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), pupil);
        Assert.Equal("answer-expired", await InternalAsync(school, photo));
        await api.Records.ExecuteAsync("update photo_pupils set tagged_at = now() - interval '35 days' where photo_id = $1", photo);
        Assert.Equal(0, await school.FollowAsync(photo));
    }

    [Fact]
    public async Task With_nobody_tagged_and_nothing_confirmed_the_picture_is_destroyed_after_28_days()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await api.Records.ExecuteAsync("update photos set received_at = now() - interval '27 days 23 hours' where id = $1", photo);
        Assert.Equal(0, await school.FollowAsync(photo));
        await api.Records.ExecuteAsync("update photos set received_at = now() - interval '28 days 1 minute' where id = $1", photo);
        Assert.Equal(1, await school.FollowAsync(photo));
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
    }

    private static async Task LinkAsync(TestSchool school, Guid photo, bool nobodyElse, params TestPupil[] pupils) =>
        (await (await school.TeacherAsync()).PutAsync($"photos/{photo}/pupils", new { pupils = pupils.Select(pupil => pupil.MisId), nobodyElse })).Must(200);

    private static async Task<string> InternalAsync(TestSchool school, Guid photo) => string.Join(' ',
        (await (await school.OfficeAsync()).GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("clearance").GetProperty("internal").GetProperty("reasons")
            .EnumerateArray().Select(reason => reason.GetString()));
}
