using System.Text.Json;
using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>One flow, stopped at each of its points in turn; after each the same end.</summary>
/// <param name="Prepare">Makes what the flow needs; what it returns is told to the flow, in another process too.</param>
/// <param name="Run">The flow.</param>
/// <param name="Check">What must be so after the recovery.</param>
internal sealed record CrashRun(
    string Name, Func<Task<string[]>> Prepare, Func<PhotoFlows, string[], Task> Run, Func<string[], Task> Check)
{
    /// <summary>Every point once by a fault and once by everything failing from there on.</summary>
    public async Task ByFaultsAsync(PhotoGuardSettings settings, PhotoFlows clean, ITestOutputHelper output)
    {
        var seams = new Seams();
        await using var flows = PhotoFlows.Over(settings, seams);
        var points = await PointsAsync(flows, clean, seams);
        var wrong = new List<string>();
        var reached = 0;
        foreach (var point in points)
        {
            foreach (var how in new[] { Stop.Once, Stop.FromThereOn })
            {
                var told = await Prepare();
                seams.Watch(point, how);
                try
                {
                    await Run(flows, told);
                }
                catch (Exception error) when (error is NpgsqlException or BlobStoreUnavailableException or Refusal
                    or InvalidOperationException or Microsoft.EntityFrameworkCore.DbUpdateException)
                {
                    // The caller is told, or the worker tries again.
                }
                seams.Rest();
                if (seams.Stopped) reached++;
                if (await WrongAsync(clean, told) is { } failure) wrong.Add($"{how}, {point}: {failure}");
            }
        }
        output.WriteLine($"{Name}: {points.Count} points, {reached} runs stopped by faults.");
        Assert.True(reached >= points.Count * 2 * 9 / 10, $"Only {reached} of {points.Count} points were reached, twice each.");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    /// <summary>A sample of the points, each by <c>kill -9</c> of a process of its own.</summary>
    /// <param name="samples">How many.</param>
    public async Task ByKillsAsync(PhotoGuardSettings settings, PhotoFlows clean, ITestOutputHelper output, int samples)
    {
        var seams = new Seams();
        await using var flows = PhotoFlows.Over(settings, seams);
        // Where something lasting has just happened or is about to.
        var lasting = (await PointsAsync(flows, clean, seams)).Where(point => !point.Contains("select", StringComparison.Ordinal)
            && (point.Contains("commit", StringComparison.Ordinal) || point.Contains("put", StringComparison.Ordinal)
                || point.Contains("delete", StringComparison.Ordinal) || point.Contains("insert", StringComparison.Ordinal))).ToList();
        var chosen = Enumerable.Range(0, Math.Min(samples, lasting.Count)).Select(nth => lasting[nth * lasting.Count / Math.Min(samples, lasting.Count)]);
        var wrong = new List<string>();
        var killed = 0;
        foreach (var point in chosen)
        {
            var told = await Prepare();
            using var child = ChildProgram.Start(RunInChildAsync, [JsonSerializer.Serialize(settings), Name, point, .. told]);
            await child.WaitForExitAsync();
            if (child.ExitCode == 128 + 9) killed++;
            else wrong.Add($"Kill, {point}: the process ended by itself: {await child.StandardOutput.ReadToEndAsync()}");
            if (await WrongAsync(clean, told) is { } failure) wrong.Add($"Kill, {point}: {failure}");
        }
        output.WriteLine($"{Name}: {killed} runs stopped by kill -9.");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    /// <summary>In the child: runs the flow until it dies.</summary>
    internal static async Task RunInChildAsync(string[] arguments)
    {
        var seams = new Seams();
        await using var flows = PhotoFlows.Over(JsonSerializer.Deserialize<PhotoGuardSettings>(arguments[0])!, seams);
        seams.Watch(arguments[2], Stop.Kill);
        await StoppedFlow.RunAsync(arguments[1], flows, arguments[3..]);
        await Console.Out.WriteLineAsync("the point was not reached");
    }

    /// <summary>A run without a fault says which points there are; the first one only warms up.</summary>
    private async Task<IReadOnlyList<string>> PointsAsync(PhotoFlows flows, PhotoFlows clean, Seams seams)
    {
        for (var warm = false; ; warm = true)
        {
            var told = await Prepare();
            seams.Watch();
            await Run(flows, told);
            var points = seams.Rest();
            Assert.Null(await WrongAsync(clean, told));
            if (warm) return points;
        }
    }

    private async Task<string?> WrongAsync(PhotoFlows clean, string[] told)
    {
        try
        {
            await clean.RecoverAsync();
            await Books.MustBalanceAsync(clean);
            await Check(told);
            await Books.MustBalanceAsync(clean);
            return null;
        }
        catch (Exception error) when (error is Xunit.Sdk.XunitException or Refusal or NpgsqlException or InvalidOperationException or IOException)
        {
            return error.Message;
        }
    }
}
