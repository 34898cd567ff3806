using System.Collections.Concurrent;
using System.Diagnostics;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Seeded;

namespace PhotoGuard.Benchmarks.Seeded;

/// <summary>
/// <c>seeded</c>: do the tests bite? Each bug of tests/Seeded is put into a copy of the tree, which is built, and its named test run: it has to
/// fail, and to pass without the bug. A row a bug.
/// </summary>
public static class SeededBench
{
    /// <summary>Copies that work side by side: most of a bug's time is building and starting, by one thread each.</summary>
    private const int Copies = 2;

    /// <summary>Bugs of <c>--quick</c>, caught by tests without a database.</summary>
    private const int Few = 3;

    public static async Task MeasureAsync(BenchReport report)
    {
        var root = ProductProcess.Root();
        var all = SeededBug.All(root);
        var bugs = report.Quick ? [.. all.Where(bug => bug.CaughtBy.Contains(".Records.Consent.", StringComparison.Ordinal)).Take(Few)] : all;
        var waiting = new ConcurrentQueue<SeededBug>(bugs);
        var outcomes = new ConcurrentDictionary<string, (SeededOutcome Outcome, double Seconds)>();
        var control = new TaskCompletionSource<TestsSeen>();
        await Task.WhenAll(Enumerable.Range(0, report.Quick ? 1 : Copies).Select(async nth =>
        {
            await using var copy = await SeededCopy.MakeAsync(root);
            await copy.BuildAsync();
            if (nth == 0) control.SetResult(await copy.TestAsync(string.Join('|', bugs.Select(bug => bug.Filter).Distinct())));
            while (waiting.TryDequeue(out var bug))
            {
                var clock = Stopwatch.StartNew();
                var outcome = await copy.TryAsync(bug);
                outcomes[bug.Name] = (outcome, clock.Elapsed.TotalSeconds);
                await Console.Error.WriteLineAsync($"{outcomes.Count}/{bugs.Count} {bug.Name}: {Words.Of(outcome)}");
            }
        }));

        var without = await control.Task;
        var caught = 0;
        foreach (var bug in bugs)
        {
            var (outcome, seconds) = outcomes[bug.Name];
            if (outcome == SeededOutcome.Caught && !(without.Passed.TryGetValue(bug.CaughtBy, out var passed) && passed)) outcome = SeededOutcome.FailsWithout;
            if (outcome == SeededOutcome.Caught) caught++;
            else await Console.Error.WriteLineAsync($"not caught: {bug.Name} ({Words.Of(outcome)}), {bug.CaughtBy}");
            report.Row(new { Bug = bug.Name, bug.Breaks, Test = bug.CaughtBy, Outcome = Words.Of(outcome), Seconds = Math.Round(seconds, 1) });
        }
        report.Figure("seeded", bugs.Count);
        report.Figure("caught", caught);
        await Console.Error.WriteLineAsync($"{caught} / {bugs.Count} caught");
    }
}
