using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>A batch of the nightly purge, under which the database is stopped or brought to a newer program's state.</summary>
public sealed class StoppedPurgeTests : IAsyncLifetime
{
    private const int Photos = 6;

    private TestCluster cluster = null!;
    private TestApi api = null!;
    private PhotoFlows look = null!;
    private Person head = null!;
    private Guid[] photos = [];

    public async Task InitializeAsync()
    {
        cluster = await TestCluster.StartAsync();
        api = await TestApi.OverAsync(await TestRecords.CreateAsync(cluster: cluster));
        look = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        photos = await Task.WhenAll(Enumerable.Range(0, Photos).Select(_ => school.UploadAsync(activity, TestPhotos.Picture(64, 48))));
        await look.RecoverAsync();
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 second'");
        head = await school.HeadAsync();
        Assert.Equal(Photos, (await head.PostAsync("purges", new { dryRun = false })).Must(202).Json.GetProperty("due").GetInt32());
    }

    public async Task DisposeAsync()
    {
        await look.DisposeAsync();
        await api.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(HeldAt.BeforeDeletion)]
    [InlineData(HeldAt.AfterDeletion)]
    public async Task Fault3_A_database_stopped_at_once_in_a_batch_leaves_nothing_after_the_next_run(HeldAt place)
    {
        await InTheMiddleAsync(place, async batch =>
        {
            await cluster.StopAsync();
            (await head.GetAsync($"photos/{photos[0]}/renditions/web")).MustRefuse(503, "try-again");
            batch.GoOn();
        }, fails: true);
        await cluster.RestartAsync();
        // Its own connections have ended with the server, one by one to be found out.
        await look.DisposeAsync();
        look = PhotoFlows.Over(api.Records.Settings);
        // Neither rows without objects nor objects without rows are shown meanwhile.
        await Eventually.IsAsync("the database is found again", async () => (await head.GetAsync("activities")).Status == 200);
        foreach (var photo in photos)
            await Eventually.IsAsync("it is gone", async () => (await head.GetAsync($"photos/{photo}/renditions/web")).Must(410, 503).Status == 410);
        await AllAreGoneAsync();
    }

    [Fact]
    public async Task Fault23_The_database_of_a_newer_program_in_mid_batch_lets_the_old_one_end_what_it_began_and_no_more()
    {
        await InTheMiddleAsync(HeldAt.BeforeDeletion, async batch =>
        {
            // Another process of this version starts, and changes nothing.
            await RecordsWiring.MigrateAsync(api.Records.Services);
            // A later version brings the records to its own state, as every version may: it adds, with a default.
            await api.Records.ExecuteAsync("""
                alter table photos add column of_the_next_version text not null default 'unknown';
                alter table tombstones add column of_the_next_version text;
                insert into schema_migrations (number, name, sha256) select max(number) + 1, 'of the next version', '\x00' from schema_migrations
                """);
            batch.GoOn();
        }, fails: false);
        Assert.Equal(Photos, await look.CountAsync("select count(*) from certificates"));
        foreach (var photo in photos) (await head.GetAsync($"photos/{photo}/renditions/web")).MustRefuse(410, "gone");
        await AllAreGoneAsync();
        // The old one is taken out of service, and does not start again over what it does not know.
        (await api.Nobody.GetAsync("/readyz")).Must(503);
        await Assert.ThrowsAsync<MigrationException>(() => RecordsWiring.MigrateAsync(api.Records.Services));
    }

    /// <summary>Something happens while a whole batch stands still beside its objects.</summary>
    private async Task InTheMiddleAsync(HeldAt place, Func<HeldStore, Task> happens, bool fails)
    {
        var held = HeldStore.Over(api.Records.Settings, place);
        await using var worker = PhotoFlows.Over(api.Records.Settings, change: held.Into);
        var batch = await worker.ClaimRemovalsAsync();
        Assert.Equal(Photos, batch.Count);
        var doing = worker.DoAsync(batch);
        await held.Reached;
        Assert.Equal(Photos, await look.CountAsync("select count(*) from tombstones"));
        await happens(held);
        if (fails) await Assert.ThrowsAnyAsync<Exception>(() => doing);
        else await doing;
    }

    private async Task AllAreGoneAsync()
    {
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        Assert.Equal(Photos, await look.CountAsync("select count(*) from certificates"));
        Assert.Equal(0, await look.CountAsync("select count(*) from photos"));
    }
}
