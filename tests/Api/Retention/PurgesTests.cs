using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Work;
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
    public async Task Fault52_above_the_brake_a_run_waits_for_two_different_people_and_what_is_due_stays_hidden()
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

    [Fact]
    public async Task A_run_opens_a_page_a_commit_goes_on_where_a_node_died_and_takes_only_what_was_due_when_it_began()
    {
        const int Photos = 2300;
        var (school, photos) = await DueAsync(1);
        await api.Records.ExecuteAsync("""
            insert into photos (id, school_id, activity_id, family_id, uploaded_by, kind, width, height, bytes, taken_at, taken_from, delete_after)
            select new, school_id, activity_id, new, uploaded_by, kind, width, height, bytes, taken_at, taken_from, delete_after - nth % 3 * interval '1 day'
            from photos cross join (select nth, gen_random_uuid() as new from generate_series(1, $2) as nth) as more where id = $1
            """, photos[0], Photos - 1);
        await api.Records.ExecuteAsync("update policy_switches set brake_photos = 10000 where school_id = $1", school.Id);
        var late = await school.UploadAsync(await school.ActivityAsync());

        var run = await RunAsync(school, dryRun: false);
        Assert.Equal(("running", Photos), (run.State, run.Due));
        // Here the node dies: what it opened is there, and nothing else.
        Assert.Equal(1000L, await OpenedAsync(run));
        await api.Records.ExecuteAsync("update photos set delete_after = clock_timestamp() where id = $1", late);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => api.Records.RunAsync<Purges>(purges => purges.FollowAsync(CancellationToken.None))));
        await api.Records.RunAsync<Purges>(purges => purges.FollowAsync(CancellationToken.None));
        Assert.Equal((long)Photos, await OpenedAsync(run));
        Assert.Equal("running", (await ShowAsync(school, run.Id)).State);

        var orders = await api.Records.ScalarAsync<Guid[]>("select array_agg(id) from removals where purge_id = $1", run.Id);
        foreach (var batch in orders.Chunk(RemovalRun.Together))
        {
            Assert.All((await api.Records.RunAsync<RemovalRun, IReadOnlyDictionary<Guid, RemovalEnd>>(it => it.CarryOutAsync(batch, CancellationToken.None))).Values,
                end => Assert.Equal(RemovalOutcome.Done, end.Outcome));
        }
        await api.Records.RunAsync<Purges>(purges => purges.FollowAsync(CancellationToken.None));
        var ended = await ShowAsync(school, run.Id);
        Assert.Equal(("done", Photos), (ended.State, ended.Destroyed));
        Assert.Equal(Photos, await api.Records.ScalarAsync<long>("select count(*) from certificates where school_id = $1", school.Id));
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from photos where id = $1", late));
    }

    private Task<long> OpenedAsync(Run run) => api.Records.ScalarAsync<long>("select count(*) from removals where purge_id = $1", run.Id);

    [Fact]
    public async Task What_somebody_waits_for_is_claimed_before_what_only_the_date_asks_for()
    {
        // What other tests left in the queue.
        await api.Records.ExecuteAsync("delete from work");
        var (school, _) = await DueAsync(3);
        await RunAsync(school, dryRun: false);
        var asked = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.OfficeAsync()).PostAsync($"photos/{asked}/erasure", new { reason = "asked for" })).Must(202);
        var first = Assert.Single(await api.Records.RunAsync<WorkQueue, List<WorkItem>>(queue => queue.ClaimAsync("test", [WorkKinds.Remove], 1, default)));
        Assert.Equal(asked, await api.Records.ScalarAsync<Guid>("select photo_id from removals where id = $1", first.Subject));
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
