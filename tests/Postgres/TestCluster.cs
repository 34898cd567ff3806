using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace PhotoGuard.Tests.Postgres;

/// <summary>
/// A real PostgreSQL for the tests: private, with checksums, SCRAM and fsync as in production, reached by a socket in a temporary
/// folder. It is stopped and removed when the tests end, however they end. Where <c>PHOTOGUARD_TEST_DATABASE</c> holds the
/// connection string of a superuser, <see cref="SharedAsync"/> uses that server instead.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private static readonly Lazy<Task<TestCluster>> Shared = new(() =>
        Environment.GetEnvironmentVariable("PHOTOGUARD_TEST_DATABASE") is { Length: > 0 } outside
            ? Task.FromResult(new TestCluster(outside, null, null))
            : StartAsync(inMemory: true));

    private const string Memory = "/dev/shm";

    private readonly string? folder;
    private readonly TiedProcess? end;
    private readonly bool movable;

    private TestCluster(string superuser, string? folder, TiedProcess? end, bool movable = false)
    {
        Superuser = superuser;
        this.folder = folder;
        this.end = end;
        this.movable = movable;
    }

    /// <summary>Connection string of the superuser to the database <c>postgres</c>.</summary>
    public string Superuser { get; }

    private string Data => Path.Combine(
        folder ?? throw new InvalidOperationException("An outside server is not ours to stop: start a cluster of the test's own."), "data");

    /// <summary>The one cluster of this run, started at the first call. Nobody disposes it.</summary>
    public static Task<TestCluster> SharedAsync() => Shared.Value;

    /// <summary>Starts a cluster of a test's own, which it may kill. Takes about a second.</summary>
    /// <param name="inMemory">Whether it lies in memory where there is room: hundreds of databases are made and thrown away.</param>
    /// <param name="movable">Its clock can be moved while it runs, by <see cref="MoveClock"/>.</param>
    /// <param name="log">Where its write-ahead log lies, in segments of 1 MB; null for beside its data.</param>
    public static async Task<TestCluster> StartAsync(bool inMemory = false, bool movable = false, string? log = null)
    {
        // The path of a socket holds 107 bytes at most, so not TMPDIR.
        var folder = $"{(inMemory && HasRoom(Memory) ? Memory : "/tmp")}/photoguard-test-{Guid.NewGuid():N}";
        await PostgresPrograms.RunAsync("mkdir", "-m", "700", folder);
        var end = TiedProcess.AtTheEnd(
            "folder=$1; shift; \"$@\" > /dev/null 2>&1; rm -rf \"$folder\"",
            [folder, .. PostgresPrograms.AsPostgres, PostgresPrograms.Find("pg_ctl"), "-D", $"{folder}/data", "-m", "immediate", "stop"]);
        var password = RandomNumberGenerator.GetHexString(32);
        await PostgresPrograms.RunAsync("sh", "-c", "umask 077; printf %s \"$1\" > \"$2\"", "sh", password, $"{folder}/password");
        await PostgresPrograms.RunAsync(
            PostgresPrograms.Find("initdb"), [
                "-D", $"{folder}/data", "-U", "photoguard", $"--pwfile={folder}/password",
                "--auth=scram-sha-256", "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions",
                .. log is null ? [] : new[] { $"--waldir={log}", "--wal-segsize=1" }]);
        var superuser = new NpgsqlConnectionStringBuilder
        {
            Host = folder,
            Username = "photoguard",
            Password = password,
            Database = "postgres",
            IncludeErrorDetail = true,
            MaxPoolSize = 40,
        };
        var cluster = new TestCluster(superuser.ConnectionString, folder, end, movable);
        if (movable) cluster.MoveClock("+0d");
        await cluster.RestartAsync();
        return cluster;
    }

    /// <summary>Moves the server's clock, as libfaketime writes it: +740d, -1d; +0d is the machine's. Its monotonic time goes on.</summary>
    public void MoveClock(string shift)
    {
        var file = $"{folder}/shift";
        File.WriteAllText($"{file}.new", shift);
        File.SetUnixFileMode($"{file}.new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.Move($"{file}.new", file, overwrite: true);
    }

    /// <summary>What stands before a program whose clock libfaketime is to move.</summary>
    public static string[] Shifted(params string[] how) =>
    [
        "env", $"LD_PRELOAD={Directory.GetDirectories("/usr/lib").Select(folder => $"{folder}/faketime/libfaketimeMT.so.1").Single(File.Exists)}",
        // Without the second, waits of .NET for a monotonic while end at once, and a program is busy with nothing else.
        "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0", .. how,
    ];

    /// <summary>Makes a fresh database.</summary>
    /// <param name="template">Name of a database to copy; connections to it are closed.</param>
    /// <returns>Its connection string, as the superuser.</returns>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        var name = $"t_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Superuser) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using (var close = new NpgsqlCommand("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", connection))
        {
            close.Parameters.AddWithValue(template ?? "template1");
            await close.ExecuteNonQueryAsync();
        }

        // Copied file by file: through the write-ahead log, which is PostgreSQL's own choice, it takes twice as long.
        await using var create = new NpgsqlCommand($"""create database "{name}" template "{template ?? "template1"}" strategy file_copy""", connection);
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(Superuser) { Database = name }.ConnectionString;
    }

    /// <summary>Removes a database that nobody needs any more, and ends whoever is still connected to it.</summary>
    /// <param name="connection">As it was made.</param>
    public async Task DropDatabaseAsync(string connection)
    {
        await using var server = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Superuser) { Pooling = false }.ConnectionString);
        await server.OpenAsync();
        await using var drop = new NpgsqlCommand($"""drop database "{new NpgsqlConnectionStringBuilder(connection).Database}" with (force)""", server);
        await drop.ExecuteNonQueryAsync();
    }

    private static bool HasRoom(string folder) => Directory.Exists(folder) && new DriveInfo(folder).AvailableFreeSpace > 8L << 30;

    /// <summary>Folder of its socket, as Npgsql takes it for a host.</summary>
    public string Socket => folder ?? throw new InvalidOperationException("An outside server has a socket of its own.");

    /// <summary>Starts the server again where it has stopped by itself, as script/run does every moment.</summary>
    public async Task TendAsync()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (File.Exists(file) && Directory.Exists($"/proc/{File.ReadLines(file).First()}")) return;
        await RestartAsync();
    }

    /// <summary>Kills the server as a power cut of the process would: <c>kill -9</c>, nothing flushed, nothing said.</summary>
    public void KillPostmaster()
    {
        var pid = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        using var postmaster = Process.GetProcessById(pid);
        postmaster.Kill();
        postmaster.WaitForExit();
    }

    /// <summary>Stops the server at once, without a checkpoint, as <c>pg_ctl -m immediate</c> does.</summary>
    public Task StopAsync() => PostgresPrograms.RunAsync(PostgresPrograms.Find("pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop");

    /// <summary>Starts the server again after <see cref="KillPostmaster"/> or <see cref="StopAsync"/>; recovered when this returns.</summary>
    public async Task RestartAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                string[] line = [
                    .. movable ? Shifted($"FAKETIME_TIMESTAMP_FILE={folder}/shift", "FAKETIME_NO_CACHE=1") : [],
                    PostgresPrograms.Find("pg_ctl"), "-D", Data, "-l", $"{folder}/log", "-w", "-t", "60", "-o",
                    $"-c listen_addresses='' -c unix_socket_directories={folder} -c unix_socket_permissions=0700 "
                    + "-c max_connections=200 -c shared_buffers=64MB -c timezone=UTC",
                    "start"];
                await PostgresPrograms.RunAsync(line[0], line[1..]);
                return;
            }
            catch (InvalidOperationException) when (attempt < 50)
            {
                // Backends of a killed server hold its memory for a moment longer.
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public ValueTask DisposeAsync() => end?.DisposeAsync() ?? ValueTask.CompletedTask;
}
