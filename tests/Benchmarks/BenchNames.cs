using PhotoGuard.Benchmarks.Access;
using PhotoGuard.Benchmarks.Guessing;
using PhotoGuard.Benchmarks.Ingest;
using PhotoGuard.Benchmarks.LongRuns;
using PhotoGuard.Benchmarks.Removal;
using PhotoGuard.Benchmarks.Render;
using PhotoGuard.Benchmarks.Revocation;
using PhotoGuard.Benchmarks.Scrub;
using PhotoGuard.Benchmarks.ScrubFuzz;
using PhotoGuard.Benchmarks.Seeded;

namespace PhotoGuard.Benchmarks;

/// <summary>The measurements that others rely on by name, and those of them that have been written.</summary>
public static class BenchNames
{
    /// <summary>Every name there is to be.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "ingest", "scrub", "scrub-fuzz", "render", "withdraw", "purge", "faults", "model", "seeded", "restore", "matrix", "takedown",
        "pull", "standing", "screens", "guessing", "revoke", "reads",
    ];

    /// <summary>A measurement fills the report with rows and the figures computed from them.</summary>
    public static IReadOnlyDictionary<string, Func<BenchReport, Task>> Written { get; } =
        new Dictionary<string, Func<BenchReport, Task>>
        {
            ["faults"] = LongRunBench.FaultsAsync,
            ["guessing"] = GuessingBench.MeasureAsync,
            ["ingest"] = IngestBench.MeasureAsync,
            ["matrix"] = LongRunBench.MatrixAsync,
            ["model"] = LongRunBench.ModelAsync,
            ["purge"] = PurgeBench.MeasureAsync,
            ["reads"] = ReadsBench.MeasureAsync,
            ["render"] = RenderBench.MeasureAsync,
            ["restore"] = LongRunBench.RestoreAsync,
            ["revoke"] = RevokeBench.MeasureAsync,
            ["scrub"] = ScrubBench.MeasureAsync,
            ["scrub-fuzz"] = ScrubFuzzBench.MeasureAsync,
            ["seeded"] = SeededBench.MeasureAsync,
            ["withdraw"] = WithdrawBench.MeasureAsync,
        };
}
