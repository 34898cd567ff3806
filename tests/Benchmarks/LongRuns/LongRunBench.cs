using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.LongRuns;

/// <summary>
/// <c>model</c>, <c>faults</c>, <c>restore</c>, <c>matrix</c>: tests that go on for as long as they are told (tests/LongRun.cs), run from here for long.
/// What they observe are the rows; the figures are counted from them.
/// </summary>
public static class LongRunBench
{
    /// <summary>Steps of random lives of schools, each compared with the model of the policy.</summary>
    public static async Task ModelAsync(BenchReport report)
    {
        var rows = await RunAsync(report, "FullyQualifiedName~PhotoGuard.Tests.Models.ModelTests", report.Quick ? 8 : 3000);
        report.Figure("steps", Sum(rows, "steps"));
        report.Figure("violations", Violations(rows));
    }

    /// <summary>Faults injected into random lives of schools, and decoders killed at random.</summary>
    public static async Task FaultsAsync(BenchReport report)
    {
        var rows = await RunAsync(report, "FullyQualifiedName~RandomFaultsTests|FullyQualifiedName~KilledDecodersTests", report.Quick ? 8 : 1300);
        report.Figure("run", Sum(rows, "injected"));
        report.Figure("violations", Violations(rows));
    }

    /// <summary>Drills: as many by backup as by an older database that somebody put in place.</summary>
    public static async Task RestoreAsync(BenchReport report)
    {
        var rows = await RunAsync(report, "FullyQualifiedName~RestoreDrillTests", report.Quick ? 3 : 50);
        report.Figure("drills", rows.Count);
        foreach (var found in new[] { "resurrected", "servedBeforeReplay", "lost" }) report.Figure(found, Sum(rows, found));
    }

    /// <summary>
    /// Every route, asked by everybody for everything: what the table of need to know says against what the service answers. How long another
    /// school's record takes to be denied, against one that was never there, by the medians of each route.
    /// </summary>
    public static async Task MatrixAsync(BenchReport report)
    {
        var rows = await RunAsync(report, "FullyQualifiedName~NeedToKnow.MatrixTests", report.Quick ? 0 : 1);
        report.Figure("cells", Sum(rows, "cells"));
        report.Figure("routes", rows.Count(row => row.TryGetProperty("cells", out _)));
        report.Figure("leaks", Violations(rows));
        foreach (var of in rows.Where(row => row.TryGetProperty("ratio", out _)).GroupBy(row => row.GetProperty("asker").GetString()!.Contains("another", StringComparison.Ordinal)))
        {
            var who = of.Key ? "otherSchool" : "ownSchool";
            report.Figure($"{who}RatioLeast", of.Min(row => row.GetProperty("ratio").GetDouble()));
            report.Figure($"{who}RatioMost", of.Max(row => row.GetProperty("ratio").GetDouble()));
        }
    }

    /// <param name="times">What the tests are told of how long to go on.</param>
    private static async Task<IReadOnlyList<JsonElement>> RunAsync(BenchReport report, string filter, int times)
    {
        var tests = Path.Combine(ProductProcess.Root(), "tests", "PhotoGuard.Tests.csproj");
        var file = Path.Combine(Path.GetTempPath(), $"photoguard-long-run-{Guid.NewGuid():N}");
        try
        {
            var built = await DotnetAsync(["build", tests, "-c", "Debug", "-v", "quiet", "--nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:RunAnalyzers=false"], []);
            if (built != 0) throw new InvalidOperationException("The tests could not be built.");
            var ended = await DotnetAsync(["test", tests, "-c", "Debug", "--no-build", "--nologo", "--filter", filter], new()
            {
                ["PHOTOGUARD_LONG_RUN"] = times.ToString(CultureInfo.InvariantCulture),
                ["PHOTOGUARD_LONG_RUN_RESULT"] = file,
            });
            JsonElement[] rows = File.Exists(file) ? [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonElement.Parse(line))] : [];
            if (rows.Length == 0) throw new InvalidOperationException($"The tests told nothing (exit code {ended}).");
            // A finding fails its test and is counted; whatever else fails one was not measured.
            if (ended != 0 && Violations(rows) == 0 && !rows.Any(row => row.TryGetProperty("resurrected", out _)))
                throw new InvalidOperationException($"The tests did not come to their end (exit code {ended}).");
            foreach (var row in rows) report.Row(row);
            return rows;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<int> DotnetAsync(string[] arguments, Dictionary<string, string> environment)
    {
        // Its words go to where those of the measurement's progress go: the figures alone are the answer.
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        while (await process.StandardOutput.ReadLineAsync() is { } line) await Console.Error.WriteLineAsync(line);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static double Sum(IReadOnlyList<JsonElement> rows, string field) =>
        rows.Sum(row => row.TryGetProperty(field, out var value) ? value.GetDouble() : 0);

    private static int Violations(IReadOnlyList<JsonElement> rows) =>
        rows.Count(row => row.TryGetProperty("part", out var part) && part.GetString() == "violation");
}
