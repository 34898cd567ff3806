using System.Diagnostics;
using System.Globalization;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>strace, by which the system's answers to a running process are other than they would be.</summary>
internal sealed class BadSystemCalls : IAsyncDisposable
{
    private readonly TiedProcess tracer;
    private readonly string log;

    private BadSystemCalls(TiedProcess tracer, string log) => (this.tracer, this.log) = (tracer, log);

    /// <summary>Null where this user may trace processes.</summary>
    public static string? WhyImpossible { get; } = Try();

    /// <param name="inject">As strace takes it, e.g. <c>fsync:error=EIO:when=1</c>; counted for each thread.</param>
    /// <param name="log">A file for what it saw.</param>
    public static Task<BadSystemCalls> OfAsync(int process, string inject, string log) => Eventually.GetAsync("every thread is traced", async () =>
    {
        var tracer = TiedProcess.Start("sh", "-c", "exec \"$@\" 2>&1", "sh",
            "strace", "-f", "-p", process.ToString(CultureInfo.InvariantCulture), "-e", "trace=fsync,fdatasync", "-e", $"inject={inject}", "-o", log);
        Assert.Contains("attached", await tracer.Output.ReadLineAsync(), StringComparison.Ordinal);
        // One that was just being made is missed, with all that it makes.
        if (Directory.GetDirectories($"/proc/{process}/task").All(IsTraced)) return new BadSystemCalls(tracer, log);
        await tracer.DisposeAsync();
        return null;
    });

    /// <summary>What it did to the process, a line for each.</summary>
    public IReadOnlyList<string> Injected => [.. File.ReadLines(log).Where(line => line.Contains("(INJECTED)", StringComparison.Ordinal) || line.Contains("killed by SIGKILL", StringComparison.Ordinal))];

    /// <summary>Lets the process go.</summary>
    public ValueTask DisposeAsync() => tracer.DisposeAsync();

    private static bool IsTraced(string thread)
    {
        try
        {
            return !File.ReadLines($"{thread}/status").Contains("TracerPid:\t0");
        }
        catch (IOException)
        {
            // It ended in the meantime.
            return true;
        }
    }

    private static string? Try()
    {
        try
        {
            using var sleeper = Process.Start("sleep", "60");
            using var tracer = Process.Start(new ProcessStartInfo("timeout", ["5", "strace", "-p", $"{sleeper.Id}"]) { RedirectStandardError = true })!;
            var said = tracer.StandardError.ReadLine();
            sleeper.Kill();
            tracer.WaitForExit();
            return said?.Contains("attached", StringComparison.Ordinal) == true ? null : $"this user cannot trace processes here: {said}";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"strace cannot be run here: {error.Message}";
        }
    }
}

/// <summary>A test that needs <see cref="BadSystemCalls"/>; counted as skipped where this user may not trace processes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BadSystemCallsTheoryAttribute : TheoryAttribute
{
    public BadSystemCallsTheoryAttribute() => Skip = BadSystemCalls.WhyImpossible;
}
