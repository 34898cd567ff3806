using System.Diagnostics;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>
/// <c>withdraw</c>: a child in 2,000 photos, each of them told on the website's feed and fetched from it. <c>website</c> is withdrawn (and
/// given again) by turns for the children of one album; <c>internal</c> of a new album every time, which under <c>strict</c> destroys it at
/// once. Latencies are those of the POST through the real web process, to its whole answer; a worker process runs beside it. How the photos
/// come into being: <see cref="FilledPhotos"/>; telling and fetching go over HTTP.
/// </summary>
public static class WithdrawBench
{
    private const int PupilsOfAnAlbum = 4;

    public static async Task MeasureAsync(BenchReport report)
    {
        var (photos, fromWebsite, fromAll, probed) = report.Quick ? (500, 20, 2, 20) : (2000, 120, 5, 50);
        await using var service = await BenchService.StartAsync();
        var school = await BenchSchool.AddAsync(service, Channel.Website);
        await using var api = await service.StartApiAsync();
        await using var workers = service.StartWorkers();
        using var office = await WithdrawOffice.OpenAsync(service, school);
        report.Figure("photos", photos);

        var served = 0;
        List<double> website = [], everything = [], gone = [];
        var album = await office.AlbumAsync(photos, PupilsOfAnAlbum);
        for (var nth = 0; nth < fromWebsite; nth++)
        {
            var pupil = album.Pupils[nth % PupilsOfAnAlbum];
            website.Add(await office.AnswerAsync(pupil, Channel.Website, "withdrawn"));
            // Every photo of the first time each; afterwards as many as leave time for more withdrawals.
            var probes = nth < PupilsOfAnAlbum ? album.Photos : [.. album.Photos.Skip(nth * probed % photos).Take(probed)];
            var (stillServed, perSecond) = await office.ProbeAsync(probes);
            served += stillServed;
            report.Row(new { part = "website", nth, commitMs = website[^1], probes = probes.Count, stillServed, probesPerSecond = perSecond });
            await office.AnswerAsync(pupil, Channel.Website, "given");
        }
        report.Figure("commitP99Ms", Quantile(website, 0.99));
        report.Figure("commitP50Ms", Quantile(website, 0.50));

        for (var nth = 0; nth < fromAll; nth++)
        {
            album = await office.AlbumAsync(photos, PupilsOfAnAlbum);
            everything.Add(await office.AnswerAsync(album.Pupils[0], Channel.Internal, "withdrawn"));
            var since = Stopwatch.GetTimestamp();
            // The photos go while they are asked for: first what a visitor would see, then until nothing of them is left.
            var (stillServed, perSecond) = await office.ProbeAsync([.. album.Photos.Take(probed)]);
            served += stillServed;
            await office.UntilGoneAsync(album.Photos);
            gone.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            served += (await office.ProbeAsync(album.Photos)).StillServed;
            report.Row(new { part = "internal", nth, commitMs = everything[^1], goneSeconds = gone[^1], stillServed, probesPerSecond = perSecond, load = File.ReadAllText("/proc/loadavg").Split(' ')[0] });
        }
        report.Figure("internalCommitP99Ms", Quantile(everything, 0.99));
        report.Figure("goneSeconds", gone.Max());
        report.Figure("servedAfter", served);
    }

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);
}
