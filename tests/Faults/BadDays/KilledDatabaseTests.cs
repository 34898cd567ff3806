using System.Collections.Concurrent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Faults.Residue;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>PostgreSQL killed and restarted under running api and workers.</summary>
public sealed class KilledDatabaseTests
{
    [Fact]
    public async Task Fault1_What_was_acknowledged_is_there_and_the_work_goes_on()
    {
        await using var cluster = await TestCluster.StartAsync();
        var records = await TestRecords.CreateAsync(cluster: cluster);
        var log = Path.Combine(records.Settings.Data, "api.log");
        var api = await TestApi.OverAsync(records, new LogFile(log));
        try
        {
            var school = await api.SchoolAsync();
            var activity = await school.ActivityAsync();
            var teacher = await school.AsAsync(Role.Teacher);
            var replies = new ConcurrentQueue<Reply>();
            await using (await TestWorkers.StartAsync(api.Records.Settings))
            {
                for (var round = 0; round < 3; round++) await KillWhileUploadingAsync(cluster, teacher, activity, replies);
                await WholeAsync(api, replies, log);
            }
        }
        finally
        {
            await api.DisposeAsync();
        }
    }

    private static async Task KillWhileUploadingAsync(TestCluster cluster, Person teacher, Guid activity, ConcurrentQueue<Reply> replies)
    {
        using var enough = new CancellationTokenSource();
        var uploads = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
                replies.Enqueue(await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48)));
        })).ToList();

        var before = replies.Count;
        await Eventually.IsAsync("uploads are under way", () => Task.FromResult(replies.Count >= before + 10));
        cluster.KillPostmaster();
        var (killedAt, refused) = (replies.Count, Count(503));
        await Eventually.IsAsync("uploads are refused", () => Task.FromResult(Count(503) > refused));
        await cluster.RestartAsync();
        var taken = Count(201);
        await Eventually.IsAsync("uploads are taken again", () => Task.FromResult(Count(201) >= taken + 10));
        await enough.CancelAsync();
        await Task.WhenAll(uploads);
        Assert.True(replies.Count > killedAt);

        int Count(int status) => replies.Count(reply => reply.Status == status);
    }

    private static async Task WholeAsync(TestApi api, ConcurrentQueue<Reply> replies, string log)
    {
        Assert.All(replies.Where(reply => reply.Status is not (201 or 503)), reply => Assert.Fail(
            $"{reply.Status}: {reply.Text}; the log says: {string.Join('\n', File.ReadLines(log).SkipWhile(line => !line.StartsWith("Error failed", StringComparison.Ordinal)).Take(30))}"));
        Assert.All(replies.Where(reply => reply.Status == 503), reply => Assert.NotNull(reply.Problem));
        await using var look = PhotoFlows.Over(api.Records.Settings);
        foreach (var reply in replies.Where(reply => reply.Status == 201))
        {
            Assert.Equal(1, await look.CountAsync("select count(*) from photos where id = $1", reply.Id));
            await Books.MustOpenAsync(look, reply.Id);
        }
        await Eventually.IsAsync("everything is rendered by the running workers", async () => 0 == await look.CountAsync("""
            select count(*) from photos
            where (select count(*) from objects where photo_id = photos.id and kind in ('thumb', 'web') and stored_at is not null) < 2
            """));
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
    }
}
