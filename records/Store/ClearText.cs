using Npgsql;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Store;

/// <summary>
/// Seals what a data folder from before decision 0015 holds in clear: once, between the step that makes room for it and the step that drops
/// the clear columns and writes their tables anew. Cut short, it goes on where it was. Append-only tables are stepped around here alone.
/// </summary>
/// <param name="database">The records.</param>
/// <param name="keys">Pupils and disclosures get their keys now.</param>
internal sealed class ClearText(NpgsqlDataSource database, KeyStore keys)
{
    private const int Page = 500;

    /// <summary>What nothing opens: of a photo whose key is destroyed already, and whose row is about to be.</summary>
    private static readonly byte[] Lost = [0];

    // A photo has its key already, or is being destroyed.
    private sealed record Column(string Table, string Id, string Name, KeyOf Of, string Subject, string Clear, bool MakesKey = false);

    private static readonly Column[] Columns =
    [
        new("pupils", "id", "identity", KeyOf.Pupil, "id", "concat_ws(chr(31), to_char(clear_date_of_birth, 'YYYY-MM-DD'), clear_given_name, clear_family_name)", MakesKey: true),
        new("guardians", "id", "name", KeyOf.Pupil, "pupil_id", "clear_name", MakesKey: true),
        new("guardians", "id", "email", KeyOf.Pupil, "pupil_id", "clear_email", MakesKey: true),
        new("consent_answers", "id", "by_name", KeyOf.Pupil, "pupil_id", "clear_by_name", MakesKey: true),
        new("consent_invalidations", "answer_id", "reason", KeyOf.Pupil, "(select pupil_id from consent_answers where id = answer_id)", "clear_reason", MakesKey: true),
        new("safeguarding_blocks", "id", "reason", KeyOf.Pupil, "pupil_id", "clear_reason", MakesKey: true),
        new("photos", "id", "alt", KeyOf.Photo, "id", "clear_alt"),
        new("screening_decisions", "id", "reason", KeyOf.Photo, "photo_id", "clear_reason"),
        new("concerns", "id", "note", KeyOf.Photo, "photo_id", "clear_note"),
        new("holds", "id", "reason", KeyOf.Photo, "photo_id", "clear_reason"),
        new("redactions", "photo_id", "boxes", KeyOf.Photo, "case when made_at is null then source_id else photo_id end", "nullif(array_to_string(clear_boxes, ' '), '')"),
        new("publications", "id", "place", KeyOf.Publication, "id", "case kind when 'manual' then clear_place end", MakesKey: true),
        new("publications", "id", "url", KeyOf.Publication, "id", "case kind when 'manual' then clear_url end", MakesKey: true),
        new("removals", "id", "proof", KeyOf.Publication, "publication_id", "clear_proof", MakesKey: true),
    ];

    /// <returns>Whether there were columns for clear text still.</returns>
    /// <exception cref="KeyStoreException">A school's keys cannot be opened.</exception>
    public async Task<bool> SealAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await RunAsync(connection, $"select pg_advisory_lock({Migrator.LockId})", cancel);
        try
        {
            return await SealAsync(connection, cancel);
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
                await RunAsync(connection, $"select pg_advisory_unlock({Migrator.LockId})", CancellationToken.None);
        }
    }

    /// <summary>What PostgreSQL notes of columns, their commonest values among it, in a file of its own. After the columns are dropped.</summary>
    public async Task ForgetStatisticsAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await RunAsync(connection, "vacuum full pg_statistic", cancel);
    }

    private async Task<bool> SealAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var look = new NpgsqlCommand(
            "select exists (select from pg_attribute where attrelid = to_regclass('pupils') and attname = 'clear_given_name' and not attisdropped)", connection);
        if (await look.ExecuteScalarAsync(cancel) is not true) return false;
        foreach (var column in Columns)
            while (await SealPageAsync(connection, column, cancel) == Page) { }
        return true;
    }

    private async Task<int> SealPageAsync(
        NpgsqlConnection connection, Column it, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var rows = new List<(Guid Id, Guid School, Guid Subject, string Text)>();
        await using (var select = new NpgsqlCommand($"""
            select {it.Id}, school_id, {it.Subject}, {it.Clear} from {it.Table} where {it.Name} is null and {it.Clear} is not null limit {Page}
            """, connection))
        await using (var found = await select.ExecuteReaderAsync(cancel))
            while (await found.ReadAsync(cancel)) rows.Add((found.GetGuid(0), found.GetGuid(1), found.GetGuid(2), found.GetString(3)));
        if (rows.Count == 0) return 0;

        var written = new List<byte[]>();
        foreach (var row in rows)
        {
            var key = await KeyAsync(it, row.School, row.Subject, cancel);
            written.Add(key?.Seal(row.Text, $"{it.Table}.{it.Name}", row.Id).Kept ?? Lost);
        }
        await RunAsync(connection, $"alter table {it.Table} disable trigger user", cancel);
        await using (var update = new NpgsqlCommand($"""
            update {it.Table} set {it.Name} = written.text from unnest($1, $2) as written (row, text) where {it.Table}.{it.Id} = written.row
            """, connection) { Parameters = { new() { Value = rows.Select(row => row.Id).ToArray() }, new() { Value = written.ToArray() } } })
            await update.ExecuteNonQueryAsync(cancel);
        await RunAsync(connection, $"alter table {it.Table} enable trigger user", cancel);
        await transaction.CommitAsync(cancel);
        return rows.Count;
    }

    private async Task<TextKey?> KeyAsync(Column it, Guid school, Guid subject, CancellationToken cancel) =>
        await keys.TextAsync(school, subject, cancel)
        ?? (it.MakesKey ? TextKey.Of(await keys.CreateAsync(it.Of, school, subject, cancel)) : null);

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
