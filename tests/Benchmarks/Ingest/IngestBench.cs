using System.Diagnostics;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Ingest;

/// <summary>
/// <c>ingest</c>: photos a second from four clients over loopback HTTP to acknowledgement, with clients, web process and database
/// on the same cores, renders queued. The floor is measured in the same run, between the rounds of uploads.
/// </summary>
public static class IngestBench
{
    private const int Clients = 4;

    public static async Task MeasureAsync(BenchReport report)
    {
        await using var service = await BenchService.StartAsync();
        var school = await BenchSchool.AddAsync(service);
        var pictures = Enumerable.Range(1, Clients).AsParallel().AsOrdered().Select(seed => new BenchPictures(seed)).ToArray();
        report.Row(new { part = "pictures", BenchPictures.Width, BenchPictures.Height, bytes = pictures.Select(one => one.Length) });
        await using (var api = await service.StartApiAsync())
            await SendAsync(report, service, api, school, pictures);
        await RenderRate.MeasureAsync(report, service);
    }

    private static async Task SendAsync(BenchReport report, BenchService service, ProductProcess api, BenchSchool school, BenchPictures[] pictures)
    {
        var (warmUp, rounds, each, longest) = report.Quick ? (300, 6, 50, TimeSpan.FromSeconds(30)) : (1200, 10, 100, TimeSpan.FromMinutes(5));
        var limit = Stopwatch.StartNew();
        var senders = Array.ConvertAll(pictures, own => new Sender(service, school, own));
        var floors = Array.ConvertAll(pictures, own => new Floor(service, own));
        // The runtime compiles what is used often a second time: before that it would be another program's figure.
        for (var sent = 0; sent < warmUp && limit.Elapsed < longest; sent += each) await RoundAsync(senders, each);
        floors[0].Keep(5);
        limit.Restart();

        List<double> took = [], floor = [], lasted = [];
        for (var round = 1; round <= rounds && limit.Elapsed < longest; round++)
        {
            var alone = floors[0].Keep(each / 4);
            floor.AddRange(alone);
            var together = Stopwatch.GetTimestamp();
            await Task.WhenAll(floors.Select(one => Task.Run(() => one.Keep(each / 4))));
            var floorRate = Clients * (each / 4) / Stopwatch.GetElapsedTime(together).TotalSeconds;

            var used = api.ProcessorTime;
            var (times, seconds) = await RoundAsync(senders, each);
            took.AddRange(times);
            lasted.Add(seconds);
            report.Row(new
            {
                part = "round",
                round,
                photosPerSecond = times.Length / seconds,
                apiProcessorMs = (api.ProcessorTime - used).TotalMilliseconds / times.Length,
                floorPerSecond = floorRate,
                load = File.ReadAllText("/proc/loadavg").Split(' ')[0],
                uploadMs = times,
                floorMs = alone,
            });
        }

        report.Figure("photosPerSecond", took.Count / lasted.Sum());
        report.Figure("p50Ms", Quantile(took, 0.50));
        report.Figure("p99Ms", Quantile(took, 0.99));
        report.Figure("floorMs", Quantile(floor, 0.50));
        Array.ForEach(senders, sender => sender.Dispose());
    }

    private static async Task<(double[] Times, double Seconds)> RoundAsync(Sender[] senders, int each)
    {
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(senders.Select(sender => Task.Run(() => sender.SendAsync(each))));
        return ([.. times.SelectMany(own => own)], Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>The smallest value that at least this share of them does not exceed.</summary>
    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);
}
