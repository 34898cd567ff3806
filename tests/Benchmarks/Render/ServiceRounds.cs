using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Ingest;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Render;

/// <summary>The whole service: one photo at a time until its <c>thumb</c> is there, then many at once.</summary>
internal static class ServiceRounds
{
    /// <param name="report">Gets the figures.</param>
    /// <param name="single">Milliseconds of one picture by a child alone, measured in the same run.</param>
    internal static async Task MeasureAsync(BenchReport report, double single)
    {
        await using var service = await BenchService.StartAsync();
        var school = await BenchSchool.AddAsync(service);
        await using var api = await service.StartApiAsync();
        await using var workers = service.StartWorkers();
        using var sender = new Sender(service, school, new BenchPictures(1));
        await ThumbsAsync(report, service, sender);
        await BurstAsync(report, service, sender, workers, single);
    }

    private static async Task ThumbsAsync(BenchReport report, BenchService service, Sender sender)
    {
        var (photos, warmUp) = report.Quick ? (15, 10) : (100, 30);
        List<double> ready = [];
        for (var photo = -warmUp; photo < photos; photo++)
        {
            await sender.SendAsync(1);
            var acknowledged = Stopwatch.GetTimestamp();
            await UntilAsync(service, "select count(*) from photos as photo where not exists (select from objects where photo_id = photo.id and kind = 'thumb' and stored_at is not null)", 0);
            if (photo >= 0) ready.Add(Stopwatch.GetElapsedTime(acknowledged).TotalMilliseconds);
        }
        ready.Sort();
        report.Row(new { part = "thumb", photos, readyMs = ready });
        report.Figure("thumbReadyP50Ms", ready[ready.Count / 2]);
        report.Figure("thumbReadyP95Ms", ready[(int)Math.Ceiling(0.95 * ready.Count) - 1]);
    }

    private static async Task BurstAsync(BenchReport report, BenchService service, Sender sender, ProductProcess workers, double single)
    {
        var photos = report.Quick ? 40 : 300;
        // They stand still while the burst comes in, so that what is timed is the working off.
        workers.Halt();
        await sender.SendAsync(photos);
        var started = Stopwatch.GetTimestamp();
        workers.GoOn();
        await UntilAsync(service, "select count(*) from work where kind = 'render'", 0);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var ideal = photos * single / 1000 / Environment.ProcessorCount;
        report.Row(new { part = "burst", photos, seconds, singleMs = single, ideal, cores = Environment.ProcessorCount });
        report.Figure("burstSeconds", seconds);
        report.Figure("burstOverIdeal", seconds / ideal);
    }

    private static async Task UntilAsync(BenchService service, string counts, long left)
    {
        var longest = Stopwatch.StartNew();
        await using var count = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(counts);
        while ((long)(await count.ExecuteScalarAsync())! > left)
        {
            if (longest.Elapsed > TimeSpan.FromMinutes(5)) throw new InvalidOperationException("The workers do not get on.");
            await Task.Delay(5);
        }
    }
}
