using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>The real workers program, killed in the midst of its work and started again.</summary>
public sealed class KilledWorkerTests(TestApi api) : IClassFixture<TestApi>
{
    private const int Photos = 24;

    [Fact]
    public async Task Fault12_Renditions_and_removals_come_to_their_end_all_the_same()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        await using var clean = PhotoFlows.Over(api.Records.Settings);
        var photos = new List<Guid>();
        for (var nth = 0; nth < Photos; nth++) photos.Add(await school.UploadAsync(activity, TestPhotos.Picture(64, 48)));

        const string Rendered = "select count(*) from audit_entries where event = 'photo.rendered'";
        await KilledOnceAsync(clean, Rendered, Photos);

        var head = await school.HeadAsync();
        foreach (var photo in photos) (await head.PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
        await KilledOnceAsync(clean, "select count(*) from tombstones", Photos, "select count(*) from certificates");

        await clean.RecoverAsync();
        await Books.MustBalanceAsync(clean);
        Assert.Equal(Photos, await clean.CountAsync(Rendered));
        Assert.Equal(0, await clean.CountAsync("select count(*) from photos"));
    }

    /// <summary>Kills a worker as soon as it has begun, and lets another one end it.</summary>
    private async Task KilledOnceAsync(PhotoFlows look, string begun, long all, string? ended = null)
    {
        await using (var first = await WorkerProcess.StartAsync(api.Records.Settings))
        {
            await Eventually.IsAsync("the first worker has begun", async () => await look.CountAsync(begun) > 0);
            await first.KillAsync();
        }
        // Nobody waits for the minute that its half-written renditions may take.
        await Clock.PassAsync(look);
        await using var second = await WorkerProcess.StartAsync(api.Records.Settings);
        await Eventually.IsAsync("the second worker has ended it", async () => await look.CountAsync(ended ?? begun) == all);
    }
}
