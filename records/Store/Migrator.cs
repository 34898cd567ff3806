using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace PhotoGuard.Records.Store;

/// <summary>
/// Brings a database to the state this program needs: numbered SQL files embedded in this assembly, applied in order, each in a
/// transaction of its own, by one process at a time (advisory lock). What was applied is remembered in <c>schema_migrations</c> with
/// its digest; an applied file never changes.
/// </summary>
/// <param name="database">A database of its own, as a role that owns the schema.</param>
/// <param name="prefix">Where the files lie, e.g. <c>PhotoGuard.Records.Keys.Migrations.</c>; files are named <c>0001_what.sql</c>.</param>
public sealed class Migrator(NpgsqlDataSource database, string prefix)
{
    // Any number will do, as long as nobody else locks the same one in this database.
    internal const long LockId = 7_240_031_001;

    /// <summary>Applies what is missing; does nothing where nothing is.</summary>
    /// <param name="through">The last file to apply, e.g. <c>sealed_text</c>; null for all.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <returns>How many files were applied now.</returns>
    /// <exception cref="MigrationException">The files or the database are not a continuation of one another.</exception>
    public async Task<int> MigrateAsync(string? through = null, CancellationToken cancellation = default)
    {
        var migrations = Read();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await RunAsync(connection, $"select pg_advisory_lock({LockId})", cancellation);
        try
        {
            return await ApplyAsync(connection, migrations, through, cancellation);
        }
        finally
        {
            // Also where the caller gave up: a pooled connection would keep the lock.
            if (connection.State == System.Data.ConnectionState.Open)
                await RunAsync(connection, $"select pg_advisory_unlock({LockId})", CancellationToken.None);
        }
    }

    /// <summary>Whether everything is applied; changes nothing.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var present = new NpgsqlCommand("select to_regclass('schema_migrations') is not null", connection);
        if (!(bool)(await present.ExecuteScalarAsync(cancellation))!) return false;
        var applied = await AppliedAsync(connection, cancellation);
        var known = Read();
        return applied.Count == known.Count && applied.Zip(known).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.Digest));
    }

    private static async Task<int> ApplyAsync(NpgsqlConnection connection, List<Migration> migrations, string? through, CancellationToken cancellation)
    {
        await RunAsync(connection, """
            create table if not exists schema_migrations (
              number integer primary key,
              name text not null,
              sha256 bytea not null,
              applied_at timestamptz not null default now()
            )
            """, cancellation);
        var applied = await AppliedAsync(connection, cancellation);
        if (applied.Count > migrations.Count)
        {
            throw new MigrationException(
                $"The database is at step {applied.Count} but this program knows {migrations.Count} only: start the newer program.");
        }

        var now = 0;
        foreach (var migration in migrations)
        {
            if (migration.Number > applied.Count)
            {
                await ApplyAsync(connection, migration, cancellation);
                now++;
            }
            else if (!migration.Digest.AsSpan().SequenceEqual(applied[migration.Number - 1]))
                throw new MigrationException($"{migration.Name} is not what was applied to this database; applied steps never change.");
            if (through is not null && migration.Name.EndsWith($"_{through}.sql", StringComparison.Ordinal)) break;
        }

        return now;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        try
        {
            await RunAsync(connection, migration.Sql, cancellation);
        }
        catch (PostgresException error)
        {
            throw new MigrationException($"{migration.Name} failed: {error.MessageText}", error);
        }

        await using var remember = new NpgsqlCommand("insert into schema_migrations (number, name, sha256) values ($1, $2, $3)", connection)
        {
            Parameters =
            {
                new() { Value = migration.Number },
                new() { Value = migration.Name },
                new() { Value = migration.Digest },
            },
        };
        await remember.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<List<byte[]>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select sha256 from schema_migrations order by number", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var applied = new List<byte[]>();
        while (await rows.ReadAsync(cancellation))
            applied.Add(rows.GetFieldValue<byte[]>(0));
        return applied;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private List<Migration> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var migrations = assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(prefix, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select((resource, index) => Migration.Read(assembly, resource, resource[prefix.Length..], index + 1))
            .ToList();
        return migrations.Count > 0 ? migrations : throw new MigrationException($"There are no migrations under {prefix}.");
    }

    private sealed record Migration(int Number, string Name, string Sql, byte[] Digest)
    {
        public static Migration Read(Assembly assembly, string resource, string name, int number)
        {
            if (!name.StartsWith($"{number:D4}_", StringComparison.Ordinal))
                throw new MigrationException($"{name} stands where step {number:D4} was expected; numbers have no gaps and no twins.");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            // A checkout with other line ends is the same migration.
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            return new(number, name, sql, SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        }
    }
}

/// <summary>The database cannot be brought to the state this program needs; it is as it was after the last whole step.</summary>
public sealed class MigrationException(string message, Exception? cause = null) : Exception(message, cause);
