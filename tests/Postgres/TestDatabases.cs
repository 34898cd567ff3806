using Npgsql;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Postgres;

/// <summary>Migrated databases: migrated once a run, copied for whoever needs one of their own.</summary>
public static class TestDatabases
{
    private static readonly Lazy<Task<string>> RecordsTemplate = new(() => TemplateAsync("PhotoGuard.Records.Store.Migrations."));
    private static readonly Lazy<Task<string>> KeysTemplate = new(() => TemplateAsync("PhotoGuard.Records.Keys.Migrations."));

    // A template is copied by one at a time.
    private static readonly SemaphoreSlim Copying = new(1);

    /// <summary>A fresh database of records.</summary>
    /// <returns>Its connection string.</returns>
    public static Task<string> RecordsAsync() => CopyAsync(RecordsTemplate);

    /// <summary>A fresh database with nothing in it.</summary>
    public static async Task<string> EmptyAsync() => await (await TestCluster.SharedAsync()).CreateDatabaseAsync();

    /// <summary>A fresh database of keys.</summary>
    public static Task<string> KeysAsync() => CopyAsync(KeysTemplate);

    private static async Task<string> CopyAsync(Lazy<Task<string>> template)
    {
        var name = await template.Value;
        var cluster = await TestCluster.SharedAsync();
        await Copying.WaitAsync();
        try
        {
            return await cluster.CreateDatabaseAsync(name);
        }
        finally
        {
            Copying.Release();
        }
    }

    private static async Task<string> TemplateAsync(string migrations)
    {
        var connection = await (await TestCluster.SharedAsync()).CreateDatabaseAsync();
        await using var database = NpgsqlDataSource.Create(connection);
        await new Migrator(database, migrations).MigrateAsync();
        return new NpgsqlConnectionStringBuilder(connection).Database!;
    }
}
