using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Records.Store;

/// <summary>The migrations rule; EF's model must say the same.</summary>
public sealed class RecordsModelTests
{
    [Fact]
    public async Task EFs_model_is_the_live_schema_table_by_table_and_column_by_column()
    {
        await using var records = await TestRecords.CreateAsync();
        await using var scope = records.Services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<RecordsDb>().GetService<IDesignTimeModel>().Model.GetRelationalModel();
        var said = model.Tables.SelectMany(table => table.Columns.Select(column =>
            $"{table.Name}.{column.Name} {column.StoreType} {(column.IsNullable ? "null" : "not null")}")).Order(StringComparer.Ordinal);

        await using var command = records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            select relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else ' null' end
            from pg_attribute join pg_class on pg_class.oid = attrelid
            where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped and relname <> 'schema_migrations'
            """);
        await using var rows = await command.ExecuteReaderAsync();
        var live = new List<string>();
        while (await rows.ReadAsync()) live.Add(rows.GetString(0));
        Assert.Equal(live.Order(StringComparer.Ordinal), said);
    }
}
