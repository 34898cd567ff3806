using System.Diagnostics;

namespace PhotoGuard.Tests;

/// <summary>
/// A program that the tests start and that ends with them, however they end: a shell in a session of its own waits for the end of a pipe
/// that this process holds, so that even <c>kill -9</c> of the tests leaves nothing running and no folder behind.
/// </summary>
public sealed class TiedProcess : IAsyncDisposable
{
    private readonly Process shell;

    private TiedProcess(Process shell) => this.shell = shell;

    /// <summary>What the program says, line by line.</summary>
    public StreamReader Output => shell.StandardOutput;

    /// <summary>Starts a program, which is terminated at the end.</summary>
    public static TiedProcess Start(string program, params string[] arguments) =>
        StartShell("\"$@\" & program=$!; cat > /dev/null; kill $program; wait $program", [program, .. arguments]);

    /// <summary>Starts nothing now, but runs a shell script at the end. <c>$1…</c> are the arguments.</summary>
    public static TiedProcess AtTheEnd(string script, params string[] arguments) =>
        StartShell($"cat > /dev/null; {script}", arguments);

    private static TiedProcess StartShell(string script, string[] arguments)
    {
        var start = new ProcessStartInfo("setsid", ["sh", "-c", script, "tied", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return new(Process.Start(start) ?? throw new InvalidOperationException("setsid could not be started."));
    }

    /// <summary>Ends it and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }
}
