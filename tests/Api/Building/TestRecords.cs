using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Api.Building;

/// <summary>Records, keys and a store of a test's own: real databases, a real folder, and every operation. No HTTP.</summary>
public sealed class TestRecords : IAsyncDisposable
{
    private static int schools;
    private readonly ServiceProvider services;
    private bool isOurs = true;
    private bool isShared;

    private TestRecords(PhotoGuardSettings settings)
    {
        Settings = settings;
        services = new ServiceCollection().AddLogging().AddRecords(settings)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    /// <summary>As a process would be told by its environment.</summary>
    public PhotoGuardSettings Settings { get; }

    /// <summary>Singletons; scoped operations by <see cref="RunAsync{TOperation,T}"/>.</summary>
    public IServiceProvider Services => services;

    /// <param name="cluster">A cluster of the test's own, which it may kill; null for the shared one.</param>
    /// <param name="blobs">The folder of the blob store, or azure:CONNECTION; null for a folder in the data folder.</param>
    /// <param name="rootKeyOf">Whose root key it is to have, as after a disaster; null for one of its own.</param>
    public static async Task<TestRecords> CreateAsync(
        int maxUploadMb = 40, TestCluster? cluster = null, string? blobs = null, bool keyOnly = false, PhotoGuardSettings? rootKeyOf = null)
    {
        var data = Directory.CreateTempSubdirectory("photoguard-test-").FullName;
        if (rootKeyOf is not null) File.Copy(rootKeyOf.RootKey, Path.Combine(data, "root.key"));
        var database = await (cluster?.CreateDatabaseAsync() ?? TestDatabases.RecordsAsync());
        var keys = await (cluster?.CreateDatabaseAsync() ?? TestDatabases.KeysAsync());
        var records = new TestRecords(new PhotoGuardSettings(
            Pooled(database), Pooled(keys), data,
            Path.Combine(data, "root.key"), blobs?.StartsWith("azure:", StringComparison.Ordinal) == true ? blobs : $"disk:{blobs ?? Path.Combine(data, "blobs")}",
            "n1", "http://127.0.0.1", maxUploadMb) { KeyOnlyErasure = keyOnly }) { isShared = cluster is null };
        await RecordsWiring.MigrateAsync(records.Services);
        return records;
    }

    /// <summary>The records that these settings name; the data folder stays another's.</summary>
    public static TestRecords Over(PhotoGuardSettings settings) => new(settings) { isOurs = false };

    /// <summary>Runs an operation in a scope of its own, as a request would.</summary>
    public async Task<T> RunAsync<TOperation, T>(Func<TOperation, Task<T>> operation) where TOperation : notnull
    {
        await using var scope = services.CreateAsyncScope();
        return await operation(scope.ServiceProvider.GetRequiredService<TOperation>());
    }

    /// <inheritdoc cref="RunAsync{TOperation,T}"/>
    public Task RunAsync<TOperation>(Func<TOperation, Task> operation) where TOperation : notnull =>
        RunAsync<TOperation, bool>(async it =>
        {
            await operation(it);
            return true;
        });

    /// <summary>A new school under a name of its own.</summary>
    public Task<School> AddSchoolAsync(PolicyProfile profile = PolicyProfile.Strict, string zone = "Europe/London") =>
        RunAsync<SchoolAdmin, School>(admin =>
            admin.AddAsync($"School {Interlocked.Increment(ref schools)}", profile, zone, CancellationToken.None));

    /// <summary>A token as the command line prints it, and its person.</summary>
    public Task<(string Token, StaffMember Person)> TokenAsync(Guid school, NewToken asked) =>
        RunAsync<TokenDesk, (string, StaffMember)>(desk => desk.IssueAsync(Act.OfSystem(school), asked, CancellationToken.None));

    /// <summary>An act of a person of the school, as a page would make it.</summary>
    public static Act ActOf(StaffMember person) => new(person.SchoolId, new Actor(ActorKind.Person, person.Id, person.Roles));

    /// <summary>One value straight from the database, e.g. a count.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Names of the audit events of a school in the order of writing, e.g. to hold an operation to its list.</summary>
    public Task<string[]> EventsAsync(Guid school) => ScalarAsync<string[]>(
        "select coalesce(array_agg(event order by id), '{}') from audit_entries where school_id = $1", school);

    /// <summary>Gives positions to audit entries and feed changes, as the workers do every second.</summary>
    public Task SealAsync() => RunAsync<Sealer>(sealer => sealer.SealAsync(CancellationToken.None));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (!isOurs) return;
        Directory.Delete(Settings.Data, recursive: true);
        // A cluster of the test's own goes with all it holds.
        if (isShared)
            foreach (var database in new[] { Settings.Database, Settings.Keys }) await (await TestCluster.SharedAsync()).DropDatabaseAsync(database);
    }

    // Many test classes share one server.
    private static string Pooled(string connection) => new NpgsqlConnectionStringBuilder(connection) { MaxPoolSize = 20 }.ConnectionString;
}
