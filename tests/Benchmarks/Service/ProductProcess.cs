using System.Globalization;
using PhotoGuard.Tests;

namespace PhotoGuard.Benchmarks.Service;

/// <summary>A process of the product, as script/run starts it, which ends with the measurement.</summary>
public sealed class ProductProcess : IAsyncDisposable
{
    /// <summary>Ticks of <c>/proc/PID/stat</c> in a second, on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly TiedProcess process;
    private readonly string log, pid;

    private ProductProcess(TiedProcess process, string log, string pid) => (this.process, this.log, this.pid) = (process, log, pid);

    /// <summary>Processor time used so far, user and system, of this process and of children it has waited for.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var line = File.ReadAllText($"/proc/{File.ReadAllText(pid).Trim()}/stat");
            // The name in parentheses may hold anything; user and system are the 12th and 13th behind it.
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds(fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond);
        }
    }

    /// <summary>The most memory it ever had resident, in MB of 1,000,000 bytes.</summary>
    public double PeakMb
    {
        get
        {
            var line = File.ReadLines($"/proc/{File.ReadAllText(pid).Trim()}/status").First(one => one.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
        }
    }

    /// <param name="folder">The project's folder.</param>
    /// <param name="name">Of its assembly.</param>
    /// <param name="data">Where the log goes.</param>
    /// <param name="arguments">For the program.</param>
    internal static ProductProcess Start(string folder, string name, string data, params string[] arguments) => StartAs(folder, folder, name, data, arguments);

    /// <inheritdoc cref="Start"/>
    /// <param name="label">Of its log, where there are several of a kind.</param>
    internal static ProductProcess StartAs(string label, string folder, string name, string data, params string[] arguments)
    {
        var program = Program(folder, name);
        string log = Path.Combine(data, $"{label}.log"), pid = Path.Combine(data, $"{label}.pid");
        return new(
            TiedProcess.Start(
                "sh", ["-c", "cd \"$1\" && echo $$ > \"$2\" && exec > \"$3\" 2>&1 && shift 3 && exec dotnet \"$@\"", "sh",
                    Path.Combine(Root(), folder), pid, log, program, .. arguments]),
            log, pid);
    }

    /// <summary>Stops it from computing, until <see cref="GoOn"/>.</summary>
    public void Halt() => Signal("STOP");

    public void GoOn() => Signal("CONT");

    /// <summary>What it said last.</summary>
    public string LastWords() => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(20)) : "";

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private void Signal(string signal)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", File.ReadAllText(pid).Trim()]);
        kill.WaitForExit();
    }

    /// <summary>What <c>dotnet</c> is given to start it.</summary>
    internal static string Program(string folder, string name) => Path.Combine(Root(), folder, "bin", "Release", "net10.0", $"{name}.dll");

    /// <summary>The project's folder, upwards from this program.</summary>
    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PhotoGuard.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The measurements do not run inside the project's folder.");
        return folder.FullName;
    }
}
