using Npgsql;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Records.Store;

public sealed class MigratorTests : IAsyncLifetime
{
    private const string Prefix = "PhotoGuard.Records.Keys.Migrations.";

    private NpgsqlDataSource? opened;

    private NpgsqlDataSource Database => opened!;

    private Migrator Migrator => new(Database, Prefix);

    public async Task InitializeAsync() =>
        opened = NpgsqlDataSource.Create(await (await TestCluster.SharedAsync()).CreateDatabaseAsync());

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [Fact]
    public async Task What_is_missing_is_applied_once()
    {
        Assert.True(await Migrator.MigrateAsync() > 0);
        Assert.Equal(0, await Migrator.MigrateAsync());
    }

    [Fact]
    public async Task Of_many_who_start_at_once_one_migrates_and_the_others_wait()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Migrator.MigrateAsync()));
        Assert.Single(applied, count => count > 0);
        Assert.Equal(0L, await RunAsync("select count(*) from pg_locks join pg_database on pg_database.oid = database where locktype = 'advisory' and datname = current_database()"));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_of_itself_and_can_be_tried_again()
    {
        await RunAsync("create table photo_keys (in_the_way int)");
        await Assert.ThrowsAsync<MigrationException>(() => Migrator.MigrateAsync());
        Assert.Equal(DBNull.Value, await RunAsync("select to_regclass('school_keys')::text"));
        Assert.Equal(0L, await RunAsync("select count(*) from schema_migrations"));
        await RunAsync("drop table photo_keys");
        Assert.True(await Migrator.MigrateAsync() > 0);
    }

    [Fact]
    public async Task An_applied_step_that_was_changed_afterwards_is_refused()
    {
        await Migrator.MigrateAsync();
        await RunAsync("update schema_migrations set sha256 = '\\x00' where number = 1");
        await Assert.ThrowsAsync<MigrationException>(() => Migrator.MigrateAsync());
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_refused()
    {
        await Migrator.MigrateAsync();
        await RunAsync("insert into schema_migrations (number, name, sha256) select 1 + max(number), 'later', '\\x00' from schema_migrations");
        await Assert.ThrowsAsync<MigrationException>(() => Migrator.MigrateAsync());
    }

    [Fact]
    public async Task A_prefix_without_files_is_a_mistake_and_not_an_empty_schema() =>
        await Assert.ThrowsAsync<MigrationException>(() => new Migrator(Database, "Nowhere.").MigrateAsync());

    private async Task<object?> RunAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
