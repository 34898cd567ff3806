using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Retention;

/// <summary>Purge runs, the brake, and holds against both (P10; policies.md, Holding).</summary>
public sealed class PurgesTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task A_dry_run_counts_and_changes_nothing()
    {
        var (school, photos) = await DueAsync(2);
        var before = await api.Records.CountAsync();
        var run = await RunAsync(school, dryRun: true);
        Assert.Equal(("done", 2, 0), (run.State, run.Due, run.Destroyed));
        Assert.Equal(before, await api.Records.CountAsync());
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from removals where school_id = $1", school.Id));
        (await (await school.TeacherAsync()).GetAsync($"photos/{photos[0]}")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task A_run_destroys_what_is_due_and_nothing_else()
    {
        var (school, photos) = await DueAsync(2);
        var young = await school.UploadAsync(await school.ActivityAsync());
        var run = await RunAsync(school, dryRun: false);
        Assert.Equal(("running", 2), (run.State, run.Due));
        foreach (var photo in photos) Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
        await api.Records.RunAsync<Purges>(purges => purges.FollowAsync(CancellationToken.None));
        var ended = await ShowAsync(school, run.Id);
        Assert.Equal(("done", 2), (ended.State, ended.Destroyed));
        (await (await school.TeacherAsync()).GetAsync($"photos/{young}")).Must(200);
        Assert.Equal("retention", (await (await school.OfficeAsync()).GetAsync($"photos/{photos[0]}/certificate")).Must(200).Json.GetProperty("cause").GetString());
    }

    [Fact]
    public async Task Above_the_brake_a_run_waits_for_two_different_people_and_what_is_due_stays_hidden()
    {
        var (school, photos) = await DueAsync(3);
        await api.Records.ExecuteAsync("update policy_switches set brake_photos = 2, brake_percent = 0 where school_id = $1", school.Id);
        var run = await RunAsync(school, dryRun: false);
        Assert.Equal(("stopped", 3), (run.State, run.Due));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from removals where school_id = $1", school.Id));
        (await (await school.TeacherAsync()).GetAsync($"photos/{photos[0]}")).MustRefuse(410, "gone");

        var (ict, head) = (await school.IctAsync(), await school.HeadAsync());
        (await (await school.OfficeAsync()).PostAsync($"purges/{run.Id}/approval")).MustRefuse(403, "role-may-not");
        Assert.Equal("awaitingSecond", (await ict.PostAsync($"purges/{run.Id}/approval")).Must(202).Json.GetProperty("state").GetString());
        (await ict.PostAsync($"purges/{run.Id}/approval")).MustRefuse(409, "second-person-needed");
        Assert.Equal("stopped", (await ShowAsync(school, run.Id)).State);
        Assert.Equal("running", (await head.PostAsync($"purges/{run.Id}/approval")).Must(200).Json.GetProperty("state").GetString());
        (await head.PostAsync($"purges/{run.Id}/approval")).MustRefuse(409, "purge-not-stopped");
        foreach (var photo in photos) Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
    }

    [Fact]
    public async Task The_brake_counts_deletions_by_deleteAfter_alone()
    {
        var (school, photos) = await DueAsync(1);
        var activity = await school.ActivityAsync();
        for (var erased = 0; erased < 3; erased++)
            (await (await school.OfficeAsync()).PostAsync($"photos/{await school.UploadAsync(activity)}/erasure", new { reason = "asked for" })).Must(202);
        await api.Records.ExecuteAsync("update policy_switches set brake_photos = 1, brake_percent = 0 where school_id = $1", school.Id);
        Assert.Equal("running", (await RunAsync(school, dryRun: false)).State);
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photos[0]));
    }

    [Fact]
    public async Task A_hold_beats_the_purge_and_the_next_run_takes_what_was_released()
    {
        var (school, photos) = await DueAsync(2);
        var (lead, second) = (await school.SafeguardingAsync(), await school.PersonAsync(Role.Safeguarding, "Deputy"));
        var hold = (await lead.PostAsync($"photos/{photos[0]}/holds", new { reason = "r", reviewOn = TestSchool.Today.AddDays(9) })).Must(201).Id;
        var run = await RunAsync(school, dryRun: false);
        Assert.Equal((1, 1), (run.Due, run.Held));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from removals where photo_id = $1", photos[0]));
        (await lead.GetAsync($"photos/{photos[0]}")).Must(200);

        (await lead.PostAsync($"holds/{hold}/release")).Must(202);
        (await second.PostAsync($"holds/{hold}/release")).Must(200);
        var next = await RunAsync(school, dryRun: false);
        Assert.Equal((1, 0), (next.Due, next.Held));
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photos[0]));
    }

    private async Task<(TestSchool School, Guid[] Photos)> DueAsync(int count)
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var photos = new Guid[count];
        for (var nth = 0; nth < count; nth++) photos[nth] = await school.UploadAsync(activity);
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 second' where id = any($1)", photos);
        return (school, photos);
    }

    private static async Task<Run> RunAsync(TestSchool school, bool dryRun) =>
        Run.Of(await (await school.IctAsync()).PostAsync("purges", new { dryRun }), 202);

    private static async Task<Run> ShowAsync(TestSchool school, Guid run) => Run.Of(await (await school.HeadAsync()).GetAsync($"purges/{run}"), 200);

    private sealed record Run(Guid Id, string State, int Due, int Destroyed, int Held)
    {
        public static Run Of(Reply reply, int status)
        {
            var json = reply.Must(status).Json;
            return new(reply.Id, json.GetProperty("state").GetString()!, json.GetProperty("due").GetInt32(),
                json.GetProperty("destroyed").GetInt32(), json.GetProperty("held").GetInt32());
        }
    }
}
