using System.Diagnostics;
using System.Globalization;

namespace PhotoGuard.Tests.Postgres;

/// <summary>PostgreSQL's own programs, run as a user that PostgreSQL accepts: it refuses root.</summary>
internal static class PostgresPrograms
{
    private static readonly string Folder = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .Where(version => File.Exists(Path.Combine(version, "bin", "initdb")))
            .OrderByDescending(version => int.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture))
            .Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault(string.Empty)
        : string.Empty;

    /// <summary>What stands before a program and its arguments; empty where the tests do not run as root.</summary>
    public static IReadOnlyList<string> AsPostgres { get; } = Environment.UserName == "root"
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--inh-caps=-all", "--no-new-privs"]
        : [];

    /// <summary>Path of a program.</summary>
    public static string Find(string program) => Folder.Length > 0
        ? Path.Combine(Folder, program)
        : throw new InvalidOperationException("PostgreSQL is not installed; script/test installs it (Debian: apt-get install postgresql).");

    /// <summary>Runs a program as the postgres user, to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        string[] line = [.. AsPostgres, program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {await output}{await error}");
    }
}
