using System.Diagnostics;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Benchmarks.Revocation;

/// <summary>
/// <c>revoke</c>: a role taken away, a person who left, a device, a token and a session ended, by turns, and each time how long it takes from
/// the call to the first refusal: of a request, of an upload under way and of a download under way, on each of two real web processes over one
/// database. Every second upload sends its whole rest right after; none of them may be kept. Ten at a time.
/// </summary>
public static class RevokeBench
{
    private const int AtOnce = 10;

    public static async Task MeasureAsync(BenchReport report)
    {
        var each = report.Quick ? 20 : 60;
        await using var service = await BenchService.StartAsync();
        await using var first = await service.StartApiAsync();
        await using var second = await service.StartSecondApiAsync();
        var photo = await BenchPhoto.AddAsync(service, await BenchSchool.AddAsync(service));
        // Where pictures may be sent from any desk: on a school's device what was begun goes on after the session, by design.
        var anywhere = await BenchPhoto.AddAsync(service, await BenchSchool.AddAsync(service, "Desk Primary", PolicyProfile.WorkplacePreferred));

        var seen = new Dictionary<Taken, List<Refused>>();
        var turns = Enumerable.Range(0, each).SelectMany(nth => Enum.GetValues<Taken>().Select(what => (nth, what))).ToList();
        await Parallel.ForEachAsync(turns, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (turn, _) =>
        {
            var name = $"{turn.what} {turn.nth}";
            var subject = turn.what == Taken.Session ? await Subject.WithSessionAsync(service, anywhere, name) : await Subject.WithTokenAsync(service, photo, name);
            var refused = await subject.TakeAwayAsync(turn.what, rest: turn.nth % 2 == 1);
            lock (seen)
            {
                if (!seen.TryGetValue(turn.what, out var list)) seen[turn.what] = list = [];
                list.Add(refused);
                report.Row(new { what = turn.what.ToString(), restAtOnce = turn.nth % 2 == 1, refused });
            }
        });

        var all = seen.Values.SelectMany(list => list).ToList();
        report.Figure("revocations", all.Count);
        report.Figure("p99Seconds", Quantile(all.Select(one => one.Last), 0.99) / 1000);
        report.Figure("keptAfter", all.Sum(one => one.Kept));
        foreach (var (what, list) in seen) Tell(report, what.ToString().ToLowerInvariant(), list.Select(one => one.Last));
        Tell(report, "request", all.Select(one => one.Request));
        Tell(report, "requestElsewhere", all.Select(one => one.RequestElsewhere));
        Tell(report, "upload", all.Select(one => one.Upload));
        Tell(report, "uploadElsewhere", all.Select(one => one.UploadElsewhere));
        Tell(report, "download", all.Select(one => one.Download));
        Tell(report, "downloadElsewhere", all.Select(one => one.DownloadElsewhere));
    }

    private static void Tell(BenchReport report, string name, IEnumerable<double> values)
    {
        var sorted = values.ToList();
        report.Figure($"{name}P50Ms", Quantile(sorted, 0.50));
        report.Figure($"{name}P99Ms", Quantile(sorted, 0.99));
        report.Figure($"{name}MaxMs", sorted.Max());
    }

    private static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
    }
}
