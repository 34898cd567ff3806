using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;

namespace PhotoGuard.Tests.Models;

/// <summary>Databases and a store in which some schools live one after the other, served by two processes: nothing happens to one, the other can be stopped.</summary>
internal sealed class ModelHouse : IAsyncDisposable
{
    private ModelHouse(TestRecords records, IReadOnlyList<(string Table, string[] Instants, string[] Dates)> aging)
    {
        Records = records;
        Aging = aging;
        Clean = PhotoFlows.Over(records.Settings);
        Faulty = PhotoFlows.Over(records.Settings, Seams);
    }

    public TestRecords Records { get; }
    public Seams Seams { get; } = new();
    public PhotoFlows Clean { get; }
    public PhotoFlows Faulty { get; }

    /// <summary>Which columns say when.</summary>
    private IReadOnlyList<(string Table, string[] Instants, string[] Dates)> Aging { get; }

    public static Task<ModelHouse> OpenAsync() => OverAsync(TestRecords.CreateAsync());

    public static async Task<ModelHouse> OverAsync(Task<TestRecords> making)
    {
        var records = await making;
        var columns = new List<(string Table, string Column, bool Date)>();
        await using var command = records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select table_name, column_name, data_type from information_schema.columns as col
            where table_schema = 'public' and data_type in ('timestamp with time zone', 'date') and is_generated = 'NEVER'
              and exists (select from information_schema.tables as tab where tab.table_schema = 'public' and tab.table_name = col.table_name and table_type = 'BASE TABLE')
              and exists (select from information_schema.columns as own where own.table_schema = 'public' and own.table_name = col.table_name and own.column_name = 'school_id')
              and table_name not like 'audit%' and table_name not like 'ledger%'
            """);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) columns.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2) == "date"));
        return new(records, [.. columns.GroupBy(column => column.Table).Select(table => (
            table.Key, table.Where(column => !column.Date).Select(column => column.Column).ToArray(), table.Where(column => column.Date).Select(column => column.Column).ToArray()))]);
    }

    /// <summary>
    /// Days pass for a school. The database's clock is everybody's, so the world becomes older instead: every instant and date that is
    /// written about the school, the audit's alone excepted, moves back by as many days, which comes to the same.
    /// </summary>
    public async Task AgeAsync(Guid school, int days)
    {
        var sql = string.Concat(Aging.Select(table => $"update {table.Table} set " + string.Join(", ",
            table.Instants.Select(column => $"{column} = {column} - interval '{days * 24} hours'").Concat(table.Dates.Select(column => $"{column} = {column} - {days}")))
            + $" where school_id = '{school}';\n"));
        // What may never change may become older.
        await RunAsync(Records.Services.GetRequiredService<NpgsqlDataSource>(), $"begin; set local session_replication_role = replica;\n{sql}commit;");
        await RunAsync(Records.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase), string.Concat(
            new[] { "photo_keys", "pupil_keys", "publication_keys" }.Select(table => $"update {table} set created_at = created_at - interval '{days} days' where school_id = '{school}';")));
    }

    public async Task RunAsync(string sql) => await RunAsync(Records.Services.GetRequiredService<NpgsqlDataSource>(), sql);

    public async ValueTask DisposeAsync()
    {
        await Faulty.DisposeAsync();
        await Clean.DisposeAsync();
        await Records.DisposeAsync();
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
