using System.Diagnostics;

namespace PhotoGuard.Benchmarks.ScrubFuzz;

/// <summary>
/// <c>scrub-fuzz</c>: damaged files, always the same ones, on all cores. Each is read, scrubbed and checked. A crash is any exception but a
/// refusal, a hang is more than two seconds, a check failure is an output that the second check refuses.
/// </summary>
public static class ScrubFuzzBench
{
    private static readonly TimeSpan LongestQuick = TimeSpan.FromSeconds(100);

    public static Task MeasureAsync(BenchReport report)
    {
        var (made, real) = (FuzzSeeds.Made(), FuzzSeeds.Real());
        var run = new FuzzRun(number => FuzzInput.Of(number, made, real), report.Quick ? 50_000 : 1_200_000, report.Quick ? LongestQuick : TimeSpan.FromHours(2));
        var clock = Stopwatch.StartNew();
        run.Work();
        report.Row(new
        {
            part = "run",
            seconds = clock.Elapsed.TotalSeconds,
            run.Inputs,
            cleaned = run.Cleaned,
            refused = run.Refused,
            longestMs = run.LongestMs,
            cuts = made.Sum(seed => seed.Heads.Count),
            seeds = made.Select(seed => new { seed.Name, bytes = seed.File.Length }),
            realSeeds = real.Count,
        });
        foreach (var (kind, input, what) in run.Found)
        {
            // Real pictures do not leave their folder.
            var file = made.Exists(seed => seed.Name == input.Seed) ? Convert.ToBase64String(input.File) : null;
            report.Row(new { part = kind, input.Number, input.Seed, input.Mutation, what, file });
        }

        report.Figure("inputs", run.Inputs);
        report.Figure("crashes", Count("crash"));
        report.Figure("hangs", Count("hang"));
        report.Figure("checkFailures", Count("check-failure"));
        return Task.CompletedTask;

        int Count(string kind) => run.Found.Count(found => found.Kind == kind);
    }
}
