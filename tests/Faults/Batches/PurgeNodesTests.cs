using PhotoGuard.Records.Retention;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Batches;

/// <summary>The nightly purge where more than one node runs it, and where its work rows are lost.</summary>
public sealed class PurgeNodesTests : IAsyncLifetime
{
    private const int Photos = 30, Nodes = 3;

    private readonly TestApi api = new();
    private PhotoFlows look = null!;
    private Guid school;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        look = PhotoFlows.Over(api.Records.Settings);
        var made = await api.SchoolAsync();
        school = made.Id;
        var activity = await made.ActivityAsync();
        for (var nth = 0; nth < Photos; nth++) await made.UploadAsync(activity, TestPhotos.Picture(64, 48));
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 second'");
        // It has a night behind it, so that every node finds its purge due at once.
        await api.Records.ExecuteAsync("update schools set created_at = now() - interval '3 days'");
    }

    public async Task DisposeAsync()
    {
        await look.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Fault19_Nodes_that_start_at_the_same_second_purge_the_night_once()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(1, Nodes).Select(nth => TestWorkers.StartAsync(api.Records.Settings with { Node = $"n{nth}" })));
        await Eventually.IsAsync("the purge's end", async () => await look.CountAsync("select count(*) from purges where state = 'done'") == 1);
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        await OnceAsync();
    }

    [Fact]
    public async Task Fault21_With_its_work_rows_lost_again_and_again_the_purge_comes_to_its_end()
    {
        var night = DateOnly.FromDateTime(DateTime.UtcNow);
        await look.RunAsync((Purges purges) => purges.StartNightAsync(school, night, CancellationToken.None));
        foreach (var third in new[] { 0, 1, 2 })
        {
            Assert.NotEqual(0, await api.Records.ExecuteAsync("delete from work where kind = 'remove' and id % 3 = $1", third));
            if (third < 2 && await look.ClaimAsync(PhotoGuard.Records.Work.WorkKinds.Remove) is { } one) await look.DoAsync(one);
        }
        await look.RecoverAsync();
        await look.RunAsync(async (Purges purges) =>
        {
            await purges.FollowAsync(CancellationToken.None);
            return true;
        });
        await OnceAsync();
    }

    private async Task OnceAsync()
    {
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        Assert.Equal(Photos, await look.CountAsync("select count(*) from certificates"));
        Assert.Equal(1, await look.CountAsync($"select count(*) from purges where state = 'done' and due = {Photos} and destroyed = {Photos} and failed = 0"));
        foreach (var (name, times) in new[] { ("purge.started", 1), ("purge.done", 1), ("removal.opened", Photos), ("photo.tombstoned", Photos), ("photo.destroyed", Photos) })
            Assert.True(await look.CountAsync("select count(*) from audit_entries where event = $1", name) == times, name);
        Assert.Equal(0, await look.CountAsync("select count(*) from removals where attempts > 0"));
    }
}
