using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Ingest;

/// <summary>How fast one worker process takes down the queue of renders that the uploads left, from its first finished photo on.</summary>
public static class RenderRate
{
    public static async Task MeasureAsync(BenchReport report, BenchService service)
    {
        var (photos, longest) = report.Quick ? (16, TimeSpan.FromSeconds(25)) : (200, TimeSpan.FromSeconds(90));
        await using var workers = service.StartWorkers();
        var queued = await QueuedAsync(service);
        var limit = Stopwatch.StartNew();
        var first = await UntilAsync(service, queued - 1, limit, longest);
        var started = limit.Elapsed;
        var last = await UntilAsync(service, first - photos, limit, longest);
        if (last == first) return;
        var seconds = (limit.Elapsed - started).TotalSeconds;
        report.Row(new { part = "render", photos = first - last, seconds, load = File.ReadAllText("/proc/loadavg").Split(' ')[0] });
        report.Figure("renderedPerSecond", (first - last) / seconds);
    }

    /// <summary>Waits until at most so many are queued, or the time is over; how many there are then.</summary>
    private static async Task<long> UntilAsync(BenchService service, long left, Stopwatch limit, TimeSpan longest)
    {
        while (true)
        {
            var queued = await QueuedAsync(service);
            if (queued <= left || limit.Elapsed > longest) return queued;
            await Task.Delay(20);
        }
    }

    private static async Task<long> QueuedAsync(BenchService service)
    {
        await using var count = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select count(*) from work where kind = 'render'");
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
