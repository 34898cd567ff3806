using System.Security.Cryptography;
using Npgsql;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// Ends the epoch of the wrapping keys, so that what database files still hold of destroyed keys opens with nothing (field/reliability.md,
/// 0.7): a new secret, every living key wrapped anew under it, the old secret overwritten. Whatever is interrupted is taken up by
/// the next run; no key is ever without a secret that opens it.
/// </summary>
/// <param name="database">The keys' own database.</param>
/// <param name="root">Beside it lie the secrets.</param>
public sealed class KeyEpochs(NpgsqlDataSource database, RootKey root)
{
    /// <summary>An epoch in which keys were destroyed lasts no longer than this, so that a day is kept with nights that fail.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    /// <summary>So many destroyed keys end it at once.</summary>
    public const int MostDestroyed = 100;

    private const int Page = 1000;
    private const long OneAtATime = 0x50474B45; // PGKE

    private readonly EpochFiles files = new(root);

    /// <summary>Ends the epoch if keys were destroyed in it and it has lasted long enough, or an earlier end is half done.</summary>
    /// <returns>Keys wrapped anew; null where nothing was due.</returns>
    public async Task<int?> EndIfDueAsync(CancellationToken cancel)
    {
        await using var due = database.CreateCommand("""
            select exists (select from school_keys, current_epoch where school_keys.epoch < current_epoch.epoch)
              or (last_value > destroyed_before and (began_at < now() - $1 or last_value - destroyed_before >= $2))
            from current_epoch, destroyed_keys
            """);
        due.Parameters.AddWithValue(Longest);
        due.Parameters.AddWithValue(MostDestroyed);
        return await due.ExecuteScalarAsync(cancel) is true ? await EndAsync(cancel) : null;
    }

    /// <summary>Ends the epoch now. Does nothing while another process does it.</summary>
    /// <returns>Keys wrapped anew; null where another process is at it.</returns>
    public async Task<int?> EndAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (!await LockAsync(connection, "select pg_try_advisory_lock($1)", cancel)) return null;
        try
        {
            var epoch = await BeginAsync(connection, cancel);
            var moved = 0;
            foreach (var (school, old) in await OlderAsync(connection, epoch, cancel))
            {
                var (from, to) = (await SchoolKeyAsync(connection, school, old, cancel), await SchoolKeyAsync(connection, school, epoch, cancel));
                await MoveDigestKeyAsync(connection, school, old, epoch, from, to, cancel);
                foreach (var of in Enum.GetValues<KeyOf>()) moved += await MoveAsync(connection, of, school, old, epoch, from, to, cancel);
                await ForgetAsync(connection, school, old, cancel);
            }
            // Whatever is not wrapped by this epoch now was destroyed before it began.
            if ((await OlderAsync(connection, epoch, cancel)).Count == 0) files.DestroyBefore(epoch);
            return moved;
        }
        finally
        {
            await LockAsync(connection, "select pg_advisory_unlock($1)", CancellationToken.None);
        }
    }

    internal static byte[] WhoseDigests(Guid school) => [.. KeyStore.Whose(school), .. "digests"u8];

    /// <summary>The next epoch, its secret durable first; or the one that is current, where older keys show that its beginning was cut short.</summary>
    private async Task<int> BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var epoch = (int)(await ScalarAsync(connection, "select epoch from current_epoch", cancel))!;
        if ((await OlderAsync(connection, epoch, cancel)).Count == 0)
        {
            epoch++;
            files.Make(epoch);
            await using var next = new NpgsqlCommand("""
                update current_epoch set epoch = $1, began_at = now(), destroyed_before = (select last_value from destroyed_keys)
                """, connection);
            next.Parameters.AddWithValue(epoch);
            await next.ExecuteNonQueryAsync(cancel);
        }
        var wrapping = Wrapping(epoch);
        foreach (var (school, _) in await OlderAsync(connection, epoch, cancel))
        {
            await using var insert = new NpgsqlCommand("insert into school_keys (school_id, epoch, wrapped) values ($1, $2, $3) on conflict do nothing", connection);
            insert.Parameters.AddWithValue(school);
            insert.Parameters.AddWithValue(epoch);
            insert.Parameters.AddWithValue(KeyWrap.Wrap(wrapping, RandomNumberGenerator.GetBytes(KeyWrap.KeyLength), KeyStore.Whose(school)));
            await insert.ExecuteNonQueryAsync(cancel);
        }
        return epoch;
    }

    private static async Task<List<(Guid School, int Epoch)>> OlderAsync(NpgsqlConnection connection, int epoch, CancellationToken cancel)
    {
        await using var select = new NpgsqlCommand("select school_id, epoch from school_keys where epoch < $1 order by school_id, epoch", connection);
        select.Parameters.AddWithValue(epoch);
        await using var rows = await select.ExecuteReaderAsync(cancel);
        var older = new List<(Guid, int)>();
        while (await rows.ReadAsync(cancel)) older.Add((rows.GetGuid(0), rows.GetInt32(1)));
        return older;
    }

    /// <summary>Wraps one table's keys of a school anew, a page at a time; what is destroyed meanwhile stays destroyed.</summary>
    private static async Task<int> MoveAsync(
        NpgsqlConnection connection, KeyOf of, Guid school, int old, int epoch, byte[] from, byte[] to, CancellationToken cancel)
    {
        var (table, id) = (KeyStore.Table(of), KeyStore.Id(of));
        for (var moved = 0; ;)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            List<Guid> subjects = [];
            List<byte[]> wrapped = [];
            await using (var select = new NpgsqlCommand(
                $"select {id}, wrapped from {table} where school_id = $1 and epoch = $2 limit $3 for update", connection))
            {
                select.Parameters.AddWithValue(school);
                select.Parameters.AddWithValue(old);
                select.Parameters.AddWithValue(Page);
                await using var rows = await select.ExecuteReaderAsync(cancel);
                while (await rows.ReadAsync(cancel))
                {
                    var subject = rows.GetGuid(0);
                    subjects.Add(subject);
                    wrapped.Add(Anew(from, to, rows.GetFieldValue<byte[]>(1), KeyStore.Whose(school, subject)));
                }
            }
            if (subjects.Count == 0) return moved;
            await using (var update = new NpgsqlCommand($"""
                update {table} set epoch = $1, wrapped = anew.wrapped from unnest($2, $3) as anew (id, wrapped) where {id} = anew.id
                """, connection))
            {
                update.Parameters.AddWithValue(epoch);
                update.Parameters.AddWithValue(subjects.ToArray());
                update.Parameters.AddWithValue(wrapped.ToArray());
                moved += await update.ExecuteNonQueryAsync(cancel);
            }
            await transaction.CommitAsync(cancel);
        }
    }

    private static async Task MoveDigestKeyAsync(
        NpgsqlConnection connection, Guid school, int old, int epoch, byte[] from, byte[] to, CancellationToken cancel)
    {
        await using var select = new NpgsqlCommand("select wrapped from digest_keys where school_id = $1 and epoch = $2", connection);
        select.Parameters.AddWithValue(school);
        select.Parameters.AddWithValue(old);
        if (await select.ExecuteScalarAsync(cancel) is not byte[] wrapped) return;
        await using var update = new NpgsqlCommand("update digest_keys set epoch = $1, wrapped = $2 where school_id = $3 and epoch = $4", connection);
        update.Parameters.AddWithValue(epoch);
        update.Parameters.AddWithValue(Anew(from, to, wrapped, WhoseDigests(school)));
        update.Parameters.AddWithValue(school);
        update.Parameters.AddWithValue(old);
        await update.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Deletes a school's old key, unless a key was made under it a moment ago: then the next run goes on.</summary>
    private static async Task ForgetAsync(NpgsqlConnection connection, Guid school, int old, CancellationToken cancel)
    {
        await using var delete = new NpgsqlCommand("delete from school_keys where school_id = $1 and epoch = $2", connection);
        delete.Parameters.AddWithValue(school);
        delete.Parameters.AddWithValue(old);
        try
        {
            await delete.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // EndIfDueAsync finds it half done.
        }
    }

    private async Task<byte[]> SchoolKeyAsync(NpgsqlConnection connection, Guid school, int epoch, CancellationToken cancel)
    {
        await using var select = new NpgsqlCommand("select wrapped from school_keys where school_id = $1 and epoch = $2", connection);
        select.Parameters.AddWithValue(school);
        select.Parameters.AddWithValue(epoch);
        var wrapped = (byte[])(await select.ExecuteScalarAsync(cancel))!;
        return KeyWrap.Unwrap(Wrapping(epoch), wrapped, KeyStore.Whose(school))
            ?? throw new KeyStoreException($"The key of the school {school} does not open with {root.Description}: it is another root key.");
    }

    private byte[] Wrapping(int epoch) => files.WrappingKey(epoch) ?? throw new KeyStoreException(
        $"The secret of epoch {epoch} is not beside {root.Description}. Put the file back; several machines need the folder in common.");

    // A row that was changed opens with nothing, neither before nor after: it must not keep the others' old secret alive.
    private static byte[] Anew(byte[] from, byte[] to, byte[] wrapped, byte[] whose) =>
        KeyWrap.Unwrap(from, wrapped, whose) is { } key ? KeyWrap.Wrap(to, key, whose) : wrapped;

    private static async Task<bool> LockAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue(OneAtATime);
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }
}
