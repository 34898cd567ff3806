using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace PhotoGuard.Records.Recovery;

/// <summary>PostgreSQL's own <c>pg_dump</c>, <c>pg_restore</c> and <c>psql</c> over one database; passwords go by environment, never by arguments.</summary>
internal sealed class PostgresTools(string database)
{
    /// <summary>Dumps the records in one snapshot. What belongs to this running alone stays behind: the clock's tables, sessions, links.</summary>
    public Task DumpAsync(Stream target, CancellationToken cancel) => RunAsync(
        "pg_dump", ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--exclude-table=qrtz_*",
            "--exclude-table-data=sessions", "--exclude-table-data=sign_in_links", "--exclude-table-data=workers", "--exclude-table-data=idempotency_answers"],
        null, (output, _) => output.CopyToAsync(target, cancel), cancel);

    /// <summary>Replaces the database's tables by those of the dump, and adds a statement, all in one commit.</summary>
    /// <param name="dump">A path that pg_restore can read: it needs to go back and forth in it.</param>
    /// <param name="finally">SQL at the end of the same transaction.</param>
    public Task RestoreAsync(string dump, string @finally, CancellationToken cancel) => RunAsync(
        "psql", ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"],
        async input =>
        {
            await RunAsync("pg_restore", ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--file=-", dump], null,
                (output, _) => output.CopyToAsync(input, cancel), cancel);
            await using var writer = new StreamWriter(input, leaveOpen: true);
            await writer.WriteLineAsync(@finally);
        },
        (output, _) => output.CopyToAsync(Stream.Null, cancel), cancel);

    private async Task RunAsync(string program, string[] arguments, Func<Stream, Task>? feed, Func<Stream, Process, Task> take, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Find(program), arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        foreach (var (name, value) in Environment()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardError.ReadToEndAsync(cancel);
            var taken = take(process.StandardOutput.BaseStream, process);
            try
            {
                if (feed is not null) await feed(process.StandardInput.BaseStream);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it had read everything; its exit code and words say why.
            }
            await taken;
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0) throw new RecoveryException($"{program} failed: {(await said).Trim()}");
        }
        catch
        {
            if (!process.HasExited) process.Kill();
            throw;
        }
    }

    private Dictionary<string, string> Environment()
    {
        var told = new NpgsqlConnectionStringBuilder(database);
        return new()
        {
            ["PGHOST"] = told.Host ?? "127.0.0.1",
            ["PGPORT"] = told.Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATABASE"] = told.Database ?? "",
            ["PGUSER"] = told.Username ?? "",
            ["PGPASSWORD"] = told.Password ?? "",
            ["PGSSLMODE"] = told.SslMode.ToString().ToLowerInvariant() is "verifyca" ? "verify-ca" : told.SslMode == SslMode.VerifyFull ? "verify-full" : told.SslMode.ToString().ToLowerInvariant(),
            ["PGOPTIONS"] = "-c client_min_messages=warning",
            ["LC_ALL"] = "C.UTF-8",
        };
    }

    /// <summary>The newest of Debian's, which can read older servers; else what the path has.</summary>
    private static string Find(string program) => (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
        .Select(version => (Number: int.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0, Path: Path.Combine(version, "bin", program)))
        .Where(found => File.Exists(found.Path)).OrderByDescending(found => found.Number).Select(found => found.Path).FirstOrDefault() ?? program;
}

/// <summary>A backup or restore cannot be made as asked; the message is for the person who asked.</summary>
public sealed class RecoveryException(string message) : Exception(message);
