using System.Diagnostics;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>One exiftool that takes picture after picture, so that its start is not measured.</summary>
internal sealed class StayingExiftool : IDisposable
{
    /// <summary>Everything goes but the colour profile and the orientation: what the scrubber keeps too.</summary>
    internal static readonly string[] KeepsColours = ["-all=", "--icc_profile:all", "-tagsfromfile", "@", "-orientation"];

    private readonly Process process;

    internal StayingExiftool()
    {
        process = Process.Start(new ProcessStartInfo("exiftool", ["-config", "", "-stay_open", "True", "-@", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
    }

    /// <summary>From file to new file.</summary>
    internal void Clean(string from, string to)
    {
        foreach (var argument in KeepsColours) process.StandardInput.WriteLine(argument);
        process.StandardInput.Write($"-o\n{to}\n{from}\n-execute\n");
        process.StandardInput.Flush();
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("{ready", StringComparison.Ordinal)) { }
    }

    public void Dispose()
    {
        process.StandardInput.Write("-stay_open\nFalse\n");
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
