using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Records.Store;

/// <summary>
/// On a server of the school's own the user that owns the records is nobody special. One role of the database alone may delete
/// consents, guardians, pupils, disclosures and audit entries (docs/decisions/0020).
/// </summary>
public sealed class LifetimesRoleTests : IAsyncLifetime
{
    private readonly string user = $"u_{Guid.NewGuid():N}";
    private readonly string data = Directory.CreateTempSubdirectory("photoguard-test-").FullName;
    private string superuser = "";
    private TestRecords records = null!;

    private string Role => $"{new NpgsqlConnectionStringBuilder(superuser).Database}_lifetimes";

    public async Task InitializeAsync()
    {
        var cluster = await TestCluster.SharedAsync();
        superuser = await cluster.CreateDatabaseAsync();
        var database = new NpgsqlConnectionStringBuilder(superuser);
        await AsSuperuserAsync($"create role {user} login password '{user}'; alter database \"{database.Database}\" owner to {user}");
        (database.Username, database.Password, database.MaxPoolSize) = (user, user, 5);
        records = TestRecords.Over(new(
            database.ConnectionString, await TestDatabases.KeysAsync(), data, Path.Combine(data, "root.key"), $"disk:{Path.Combine(data, "blobs")}", "n1", "http://127.0.0.1", 40));
    }

    public async Task DisposeAsync()
    {
        await records.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Where_the_user_may_make_no_roles_the_start_says_what_an_administrator_has_to_run_and_then_goes_on()
    {
        var refused = await Assert.ThrowsAsync<MigrationException>(() => RecordsWiring.MigrateAsync(records.Services));
        var statements = $"create role {Role}; grant {Role} to {user};";
        Assert.EndsWith($"Have an administrator of the database server run this once, then start again: {statements}", refused.Message, StringComparison.Ordinal);

        await AsSuperuserAsync(statements);
        await RecordsWiring.MigrateAsync(records.Services);
        await RecordsWiring.MigrateAsync(records.Services);
        Assert.True(await RecordsWiring.Records(records.Services.GetRequiredService<NpgsqlDataSource>()).IsCurrentAsync());

        // As after a move to another server: the dump knows no roles.
        await AsSuperuserAsync($"drop owned by {Role}; drop role {Role}");
        Assert.Contains("create role", (await Assert.ThrowsAsync<MigrationException>(() => RecordsWiring.MigrateAsync(records.Services))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_owner_deletes_none_of_it_and_a_run_does()
    {
        await AsSuperuserAsync($"alter role {user} createrole");
        await RecordsWiring.MigrateAsync(records.Services);
        await AsSuperuserAsync($"alter role {user} nocreaterole");
        var school = await records.AddSchoolAsync();
        var (_, clerk) = await records.TokenAsync(school.Id, new NewToken(PhotoGuard.Records.Staff.Role.Office, null, null, null, null));
        var act = TestRecords.ActOf(clerk);
        var facts = new PupilFacts("Ada", "Lovelace", new(2015, 1, 1), "3B", new(2020, 7, 31));
        await records.RunAsync<PupilDesk>(desk => desk.PutAsync(act, "p1", facts, default));
        await records.RunAsync<GuardianDesk>(desk => desk.PutAsync(act, "p1", "g1", "Grace Hopper", null, true, default));
        await records.SealAsync();

        foreach (var table in new[] { "consent_answers", "consent_invalidations", "guardians", "safeguarding_blocks", "pupils", "publications", "removals", "certificates", "audit_entries", "audit_seals", "tombstones" })
            Assert.Contains("permission denied", (await RefusedAsync($"truncate {table} cascade")).MessageText, StringComparison.Ordinal);
        foreach (var table in new[] { "guardians", "pupils", "audit_entries", "audit_seals" }) await RefusedAsync($"delete from {table}");

        // Not even the role deletes who is there, or what is not sealed, or that it did.
        await records.ExecuteAsync("update pupils set left_on = null");
        foreach (var change in new[] { "delete from guardians", "delete from pupils", "delete from audit_seals", "update audit_entries set event = 'x'", "truncate guardians" })
            await RefusedAsync($"begin; set local role {Role}; {change}; commit");

        await records.ExecuteAsync("update pupils set left_on = '2020-07-31'");
        await AsSuperuserAsync("update schools set created_at = created_at - interval '3 days'");
        var run = Assert.Single(await records.RunAsync<Lifetimes, IReadOnlyList<LifetimeRun>>(it => it.RunDueAsync(default)));
        Assert.Equal((1, 1), (run.Guardians, run.Pupils));
        Assert.Equal(0L, await records.ScalarAsync<long>("select (select count(*) from pupils) + (select count(*) from guardians)"));
        await records.SealAsync();
        Assert.Empty(await records.RunAsync<Verification, IReadOnlyList<string>>(it => it.RunAsync(default)));
    }

    private async Task<PostgresException> RefusedAsync(string change)
    {
        await using var connection = await records.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var command = new NpgsqlCommand(change, connection);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        await using var undo = new NpgsqlCommand("rollback", connection);
        await undo.ExecuteNonQueryAsync();
        Assert.Contains(refused.SqlState, new[] { PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.IntegrityConstraintViolation });
        return refused;
    }

    private async Task AsSuperuserAsync(string change)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(superuser) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(change, connection);
        await command.ExecuteNonQueryAsync();
    }
}
