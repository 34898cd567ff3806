using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>
/// Two real workers over one database, whose decoders are killed at random all the while: bubblewrap, the first process of its
/// namespace or the program in it, at work or idle.
/// </summary>
public sealed class KilledDecodersTests(TestApi api, ITestOutputHelper output) : IClassFixture<TestApi>
{
    private static readonly int Photos = LongRun.Times(150);
    private const int Seed = 20_261_122;

    private const string Rendered = "select count(*) from audit_entries where event = 'photo.rendered'";

    [Fact]
    public async Task Every_photo_gets_its_renditions_and_none_gets_them_twice()
    {
        var settings = api.Records.Settings;
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        await using var look = PhotoFlows.Over(settings);
        await Parallel.ForEachAsync(Enumerable.Range(0, Photos), new ParallelOptions { MaxDegreeOfParallelism = 3 },
            async (_, _) => await school.UploadAsync(activity, TestPhotos.Picture(320, 240)));

        var began = Stopwatch.StartNew();
        var kills = 0;
        await using (var one = await WorkerProcess.StartAsync(settings))
        await using (var other = await WorkerProcess.StartAsync(settings with { Node = "n2" }))
            kills = await KillUntilRenderedAsync(look, [one.Id, other.Id]);

        var lost = await look.CountAsync("select count(*) from audit_entries where event = 'decoder.lost'");
        output.WriteLine($"{Photos} photos rendered in {began.Elapsed.TotalSeconds:F0} s; {kills} processes of decoders killed, {lost} of them with a picture.");
        LongRun.Tell(new { part = "killed decoders", injected = kills });
        Assert.True(kills >= Photos / 5, $"Only {kills} were killed.");
        Assert.Equal(lost, await look.CountAsync("select count(*) from audit_entries where event = 'decoder.lost' and details ->> 'reason' = 'killed'"));
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        Assert.Equal(Photos, await look.CountAsync(Rendered));
        foreach (var wrong in new[]
        {
            "select count(*) from work",
            "select count(*) from (select from audit_entries where event = 'photo.rendered' group by photo_id having count(*) > 1) as twice",
            "select count(*) from photos where (select array_agg(kind order by kind) from objects where photo_id = photos.id) <> '{original,thumb,web}'",
        }) Assert.True(await look.CountAsync(wrong) == 0, wrong);
        foreach (var photo in (await look.RunAsync((PhotoGuard.Records.Store.RecordsDb db) => Task.FromResult(db.Photos.Select(row => row.Id).ToList()))).Take(20))
            await Books.MustOpenAsync(look, photo);
    }

    /// <summary>Kills one process after every few renditions, at a moment of its own within them.</summary>
    private static async Task<int> KillUntilRenderedAsync(PhotoFlows look, int[] workers)
    {
        var chance = new Random(Seed);
        var (kills, next) = (0, 0L);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5 + Photos / 100));
        while (true)
        {
            var rendered = await look.CountAsync(Rendered);
            if (rendered >= Photos) return kills;
            Assert.False(limit.IsCancellationRequested, $"{rendered} of {Photos} are rendered after {kills} kills.");
            if (rendered >= next && TryKill(workers.SelectMany(Below).ToList(), chance))
            {
                kills++;
                next = rendered + chance.Next(0, 7);
            }
            await Task.Delay(chance.Next(1, 15));
        }
    }

    private static bool TryKill(List<int> victims, Random chance)
    {
        if (victims.Count == 0) return false;
        try
        {
            using var victim = Process.GetProcessById(victims[chance.Next(victims.Count)]);
            victim.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended in the meantime.
            return false;
        }
    }

    /// <summary>Everything that a process started, by whichever of its threads, and what that started.</summary>
    private static List<int> Below(int id)
    {
        try
        {
            var children = Directory.GetDirectories($"/proc/{id}/task").SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(child => int.Parse(child, CultureInfo.InvariantCulture)).ToList();
            return [.. children, .. children.SelectMany(Below)];
        }
        catch (IOException)
        {
            // It ended in the meantime.
            return [];
        }
    }
}
