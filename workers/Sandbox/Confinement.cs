using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace PhotoGuard.Workers.Sandbox;

/// <summary>
/// The command line that puts a program into the sandbox: no network, no other process to see, nothing to write to, no
/// environment but what .NET and libvips need, and of the file system the system's shared libraries, .NET and this program,
/// read-only: no program of the machine, no device but the null device and the random numbers.
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
        // Its second view of the code lies in a file in memory, which no limit counts; such files are refused.
        ("DOTNET_EnableWriteXorExecute", "0"),
        // No debugger's socket and no dump: both need a place to write.
        ("DOTNET_EnableDiagnostics", "0"),
        ("DOTNET_DbgEnableMiniDump", "0"),
        ("LC_ALL", "C"),
    ];

    /// <summary>
    /// RLIMIT_AS: .NET does not start below 8 GB, so it is no limit on memory; but the tables of pages that are only read are
    /// counted nowhere else.
    /// </summary>
    private const long AddressBytes = 16L << 30;

    private const string Preparation =
        "echo 900 2>/dev/null >/proc/self/oom_score_adj; exec 9<\"$1\"; shift; exec \"$@\"";

    /// <param name="bubblewrap">The executable; null starts the program outside a sandbox.</param>
    /// <param name="dataBytes">RLIMIT_DATA: all that is private and writable, touched or not.</param>
    /// <param name="program">What is started.</param>
    public static ProcessStartInfo Wrap(string? bubblewrap, long dataBytes, ConfinedProgram program)
    {
        var filter = bubblewrap is null ? null : SeccompFilter.Path;
        string[] sandboxed = bubblewrap is null
            ? [.. program.Command]
            : [bubblewrap, .. Isolation, .. Folders(program), .. filter is null ? [] : (string[])["--seccomp", "9"], "--", .. program.Command];
        var limits = Executables.Find("prlimit") is { } prlimit
            ? (string[])[prlimit, "--core=0", "--nofile=256", Invariant($"--as={AddressBytes}"), Invariant($"--data={dataBytes}"), "--"]
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

    private static readonly string[] Isolation =
    [
        "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session",
        "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL", "--hostname", "decoder",
    ];

    private static readonly string[] Devices = ["/dev/null", "/dev/urandom"];

    private static IEnumerable<string> Folders(ConfinedProgram program)
    {
        IEnumerable<string> read =
        [
            .. Libraries(),
            "/etc/ld.so.cache",
            // Libraries behind libvips are found through Debian's alternatives here and there.
            "/etc/alternatives",
            Executables.DotnetRoot, Executables.AppFolder,
            .. program.Reads,
        ];
        return
        [
            .. read.SelectMany(path => (string[])["--ro-bind-try", path, path]),
            "--proc", "/proc", "--remount-ro", "/proc",
            .. Devices.SelectMany(device => (string[])["--dev-bind", device, device]),
            "--remount-ro", "/", "--chdir", "/",
        ];
    }

    /// <summary>Where shared libraries lie: on Debian in a folder named after the processor, elsewhere among other things.</summary>
    private static IEnumerable<string> Libraries()
    {
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";
        var debian = $"/usr/lib/{processor}-linux-gnu";
        return Directory.Exists(debian)
            ? [debian, $"/lib/{processor}-linux-gnu", "/lib64", $"/lib/ld-linux-{processor}.so.1", "/usr/local/lib"]
            : ["/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib"];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A program to be confined.</summary>
/// <param name="Command">Full path, and its arguments.</param>
internal sealed record ConfinedProgram(params IReadOnlyList<string> Command)
{
    /// <summary>Files and folders that it sees read-only besides the libraries, .NET and this program.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];
}
