using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Screening;

public sealed class ScreeningTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly object Accepted = new { decision = "accepted" };
    private static readonly object Rejected = new { decision = "rejected", reason = "blurred" };

    [Fact]
    public async Task Nobody_screens_a_picture_of_their_own()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var both = await school.PersonAsync(Role.Screener, "Takes pictures too", "iPad of the screener");
        var photo = (await both.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture())).Must(201).Id;
        (await both.PostAsync($"photos/{photo}/screening", Accepted)).MustRefuse(403, "own-picture");
        (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/screening", Accepted)).Must(200);
    }

    [Fact]
    public async Task Rejected_hides_at_once_and_can_be_taken_back_within_the_minute()
    {
        var school = await api.SchoolAsync();
        var (screener, teacher) = (await school.ScreenerAsync(), await school.TeacherAsync());
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), await school.ClearedPupilAsync());
        (await screener.PostAsync($"photos/{photo}/screening", Rejected)).Must(200);
        foreach (var person in new[] { teacher, screener, await school.OfficeAsync(), await school.HeadAsync() })
            (await person.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.Equal(RemovalOutcome.TooEarly, await api.Records.CarryOutAsync(photo));

        (await screener.PostAsync($"photos/{photo}/screening", Accepted)).Must(200);
        Assert.Equal("accepted", (await teacher.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("screening").GetString());
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from removals where photo_id = $1 and cancelled_at is null", photo));
    }

    [Fact]
    public async Task After_the_minute_a_rejected_picture_is_destroyed_and_nothing_brings_it_back()
    {
        var school = await api.SchoolAsync();
        var screener = await school.ScreenerAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await screener.PostAsync($"photos/{photo}/screening", Rejected)).Must(200);
        await api.Records.ExecuteAsync("update removals set not_before = now() - interval '1 second' where photo_id = $1", photo);
        (await screener.PostAsync($"photos/{photo}/screening", Accepted)).MustRefuse(410, "gone");
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
        (await screener.PostAsync($"photos/{photo}/screening", Accepted)).MustRefuse(410, "gone");
        Assert.Equal("rejected", (await (await school.OfficeAsync()).GetAsync($"photos/{photo}/certificate")).Must(200).Json.GetProperty("cause").GetString());
        Assert.Equal(0, Kept.FilesOf(api.Records, photo.ToString()));
    }

    [Fact]
    public async Task Rejected_for_safeguarding_it_is_held_and_not_destroyed()
    {
        var school = await api.SchoolAsync();
        var (screener, lead) = (await school.ScreenerAsync(), await school.SafeguardingAsync());
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await screener.PostAsync($"photos/{photo}/screening", new { decision = "rejected", reason = "safeguarding" })).Must(200);
        foreach (var person in new[] { screener, await school.TeacherAsync(), await school.OfficeAsync(), await school.HeadAsync() })
            (await person.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
        (await screener.PostAsync($"photos/{photo}/screening", Accepted)).MustRefuse(404, "not-found");
        Assert.Single((await lead.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("holds").EnumerateArray());
        await api.Records.ExecuteAsync("update removals set not_before = now() where photo_id = $1", photo);
        Assert.Equal(0, await school.FollowAsync(photo));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from tombstones where photo_id = $1", photo));
    }

    [Fact]
    public async Task A_picture_past_its_time_is_screened_no_more()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await api.Records.ExecuteAsync("update photos set delete_after = now() where id = $1", photo);
        (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/screening", Accepted)).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task A_later_decline_of_the_activity_un_clears_at_once_and_a_later_approval_clears_again()
    {
        var school = await api.SchoolAsync();
        var (head, teacher) = (await school.HeadAsync(), await school.TeacherAsync());
        var activity = await school.ActivityAsync();
        var photo = await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        foreach (var (decision, cleared) in new[] { ("declined", false), ("approved", true), ("declined", false) })
        {
            (await head.PostAsync($"activities/{activity}/approval", new { decision })).Must(200);
            var on = (await teacher.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("clearance").GetProperty("internal");
            Assert.Equal(cleared, on.GetProperty("cleared").GetBoolean());
            Assert.Equal(cleared ? "[]" : "[\"activity-declined\"]", on.GetProperty("reasons").GetRawText());
        }
    }
}
