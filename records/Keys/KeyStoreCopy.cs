using Npgsql;
using NpgsqlTypes;

namespace PhotoGuard.Records.Keys;

/// <summary>The keys themselves, for a copy that is sealed before it touches a disk. Never logged, never kept.</summary>
/// <param name="Digests">By school: the key of its digests.</param>
/// <param name="Subjects">Of photos, pupils and disclosures.</param>
public sealed record KeyStoreCopy(IReadOnlyList<CopiedKey> Digests, IReadOnlyList<CopiedKey> Subjects);

/// <param name="Of">Null for the key of a school's digests.</param>
/// <param name="Subject">Whose; the school, for its digests.</param>
/// <param name="Key">32 bytes.</param>
public sealed record CopiedKey(KeyOf? Of, Guid School, Guid Subject, byte[] Key);

/// <summary>Copying the keys out, and taking a copy in after a disaster.</summary>
public sealed partial class KeyStore
{
    /// <summary>Every key there is. One that is destroyed meanwhile may be in it, or not.</summary>
    internal async Task<KeyStoreCopy> CopyAsync(CancellationToken cancel)
    {
        var schools = new List<Guid>();
        await using (var select = database.CreateCommand("select distinct school_id from school_keys"))
        await using (var rows = await select.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel)) schools.Add(rows.GetGuid(0));
        var digests = new List<CopiedKey>();
        foreach (var school in schools) digests.Add(new(null, school, school, await SchoolDigestKeyAsync(school, cancel)));
        var copied = new List<CopiedKey>();
        foreach (var of in Enum.GetValues<KeyOf>())
        {
            KeyEntry? last = null;
            while (await ListAsync(of, DateTimeOffset.MaxValue, last, 1000, cancel) is { Count: > 0 } page)
            {
                foreach (var school in page.GroupBy(entry => entry.School))
                    copied.AddRange((await OpenAllAsync(school.Key, [.. school.Select(entry => entry.Subject)], cancel)).Select(key => new CopiedKey(of, school.Key, key.Key, key.Value)));
                last = page[^1];
            }
        }
        return new(digests, copied);
    }

    /// <summary>Takes a copy in: schools get keys of the epoch that is now, and what they wrapped is wrapped by those. What is there already stays.</summary>
    internal async Task TakeAsync(KeyStoreCopy copy, CancellationToken cancel)
    {
        foreach (var school in copy.Digests)
        {
            await EnsureSchoolAsync(school.School, cancel);
            var (epoch, schoolKey) = await NewestSchoolKeyAsync(school.School, cancel);
            await using var update = database.CreateCommand("update digest_keys set epoch = $2, wrapped = $3 where school_id = $1");
            update.Parameters.AddWithValue(school.School);
            update.Parameters.AddWithValue(epoch);
            update.Parameters.AddWithValue(KeyWrap.Wrap(schoolKey, school.Key, KeyEpochs.WhoseDigests(school.School)));
            await update.ExecuteNonQueryAsync(cancel);
            digestKeys.TryRemove(school.School, out _);
        }
        foreach (var batch in copy.Subjects.GroupBy(key => (key.Of, key.School)).SelectMany(group => group.Chunk(1000)))
            await TakeAsync(batch[0].Of!.Value, batch[0].School, batch, cancel);
    }

    private async Task TakeAsync(KeyOf of, Guid school, CopiedKey[] batch, CancellationToken cancel)
    {
        var (epoch, schoolKey) = await NewestSchoolKeyAsync(school, cancel);
        await using var insert = database.CreateCommand($"""
            insert into {Table(of)} ({Id(of)}, school_id, epoch, wrapped) select subject, $1, $2, wrapped from unnest($3, $4) as taken (subject, wrapped)
            on conflict do nothing
            """);
        insert.Parameters.AddWithValue(school);
        insert.Parameters.AddWithValue(epoch);
        insert.Parameters.AddWithValue(batch.Select(key => key.Subject).ToArray());
        insert.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = batch.Select(key => KeyWrap.Wrap(schoolKey, key.Key, Whose(school, key.Subject))).ToArray() });
        await insert.ExecuteNonQueryAsync(cancel);
    }
}
