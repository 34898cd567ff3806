using System.Diagnostics;
using System.Globalization;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// The command line that puts a program into the sandbox: no network, no other process to see, nothing to write to, no
/// environment but what .NET and libvips need, and of the file system the system's libraries, .NET and this program, read-only.
/// </summary>
internal static class Confinement
{
    /// <summary>Names and values of everything in the child's environment.</summary>
    private static readonly (string Name, string Value)[] ChildEnvironment =
    [
        // Two malloc arenas: decoding HEIC otherwise grows one per thread, to three times the memory.
        ("MALLOC_ARENA_MAX", "2"),
        ("VIPS_CONCURRENCY", "1"),
        ("VIPS_WARNING", "1"),
        ("DOTNET_GCHeapHardLimit", "0x10000000"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_TieredPGO", "0"),
        // No debugger's socket and no dump: both need a place to write.
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_DbgEnableMiniDump", "0"),
        ("LC_ALL", "C"),
    ];

    private const int FilterDescriptor = 9;

    private const string Preparation =
        "echo 900 2>/dev/null >/proc/self/oom_score_adj; exec 9<\"$1\"; shift; exec \"$@\"";

    /// <param name="bubblewrap">The executable; null starts the program outside a sandbox.</param>
    /// <param name="dataBytes">RLIMIT_DATA: RLIMIT_AS would stop .NET from starting.</param>
    /// <param name="command">Full path of the program, and its arguments.</param>
    public static ProcessStartInfo Wrap(string? bubblewrap, long dataBytes, params IReadOnlyList<string> command)
    {
        var filter = bubblewrap is null ? null : SeccompFilter.Path;
        string[] sandboxed = bubblewrap is null ? [.. command] : [bubblewrap, .. Bubblewrap(filter is not null), "--", .. command];
        var limits = Executables.Find("prlimit") is { } prlimit
            ? (string[])[prlimit, "--core=0", "--nofile=256", Invariant($"--data={dataBytes}"), "--"]
            : [];
        // A shell opens the filter for bubblewrap, since .NET hands no descriptor on, and offers the child first to the kernel
        // when memory runs out. Every exec keeps the process id.
        string[] all = ["/bin/sh", "-c", Preparation, "sh", filter ?? "/dev/null", .. limits, .. sandboxed];

        var start = new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in ChildEnvironment)
            start.Environment[name] = value;
        return start;
    }

    private static IEnumerable<string> Bubblewrap(bool filtered)
    {
        string[] isolation =
        [
            "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
            "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "decoder",
        ];
        string[] folders =
        [
            "--ro-bind", "/usr", "/usr",
            "--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64",
            "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache",
            // libvips and the libraries behind it are found through Debian's alternatives here and there.
            "--ro-bind-try", "/etc/alternatives", "/etc/alternatives",
            "--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev",
            "--ro-bind", Executables.DotnetRoot, Executables.DotnetRoot,
            "--ro-bind", Executables.AppFolder, Executables.AppFolder,
            "--remount-ro", "/", "--chdir", "/",
        ];
        string[] filter = filtered ? ["--seccomp", Invariant($"{FilterDescriptor}")] : [];
        return [.. isolation, .. folders, .. filter];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
