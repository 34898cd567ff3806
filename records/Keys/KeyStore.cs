using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Keys;

/// <summary>Whose a data key is. The words name its table: <c>photo_keys</c>, its ids <c>photo_id</c>.</summary>
public enum KeyOf
{
    /// <summary>Encrypts the objects of a photo, and seals what people wrote about it.</summary>
    Photo,

    /// <summary>Seals what is written about a pupil.</summary>
    Pupil,

    /// <summary>Seals where a picture was put, and what was seen there: that outlives the photo (P17).</summary>
    Publication,
}

/// <summary>
/// Every photo's, pupil's and disclosure's own data key, wrapped by its school's key of the epoch, which root key and epoch wrap. A
/// database of its own, so that no dump of the records holds a key (field/reliability.md, design rule 2). Destroying a key makes every
/// copy of what it protects unreadable at once, those in backups and recycle bins too; what PostgreSQL's files keep of it, once the
/// epoch ends (<see cref="KeyEpochs"/>).
/// </summary>
/// <param name="database">The keys' own database.</param>
/// <param name="root">Wraps the schools' keys.</param>
/// <param name="time">For the age of the schools' keys in memory.</param>
public sealed partial class KeyStore(NpgsqlDataSource database, RootKey root, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    // An epoch may end between reading a row and the secret that opens it; the row has then been wrapped anew.
    private const int Tries = 5;

    private readonly EpochFiles epochs = new(root);
    private readonly ConcurrentDictionary<(Guid School, int Epoch), (byte[] Key, DateTimeOffset Until)> schoolKeys = new();
    private readonly ConcurrentDictionary<Guid, (byte[] Key, DateTimeOffset Until)> digestKeys = new();
    private readonly ConcurrentDictionary<Guid, (int Epoch, DateTimeOffset Until)> newest = new();

    /// <summary>Brings the database up to date and makes sure that it belongs to this root key. To be called at every start.</summary>
    /// <exception cref="KeyStoreException">The root key is not the one that this database was made with.</exception>
    /// <exception cref="MigrationException">The database is of another program.</exception>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        await new Migrator(database, "PhotoGuard.Records.Keys.Migrations.").MigrateAsync(null, cancellation);
        var whose = "root"u8.ToArray();
        await using (var insert = database.CreateCommand("insert into root_key_check (wrapped) values ($1) on conflict do nothing"))
        {
            insert.Parameters.AddWithValue(KeyWrap.Wrap(root.Bytes, new byte[KeyWrap.KeyLength], whose));
            await insert.ExecuteNonQueryAsync(cancellation);
        }

        await using (var select = database.CreateCommand("select wrapped from root_key_check"))
        {
            var wrapped = (byte[])(await select.ExecuteScalarAsync(cancellation))!;
            if (KeyWrap.Unwrap(root.Bytes, wrapped, whose) is null)
            {
                throw new KeyStoreException(
                    $"{root.Description} is not the root key that this database of keys was made with. Put the right file back; do not make a new one.");
            }
        }
        // Only a database from before the epochs has keys in the first one, which root alone opens.
        epochs.Make(1);
        await using (var begin = database.CreateCommand("update current_epoch set epoch = 1 where epoch = 0 and not exists (select from school_keys)"))
            await begin.ExecuteNonQueryAsync(cancellation);
        foreach (var school in await SchoolsWithoutDigestKeyAsync(cancellation)) await EnsureDigestKeyAsync(school, cancellation);
    }

    /// <summary>Gives a school its keys; does nothing where it has them.</summary>
    public async Task EnsureSchoolAsync(Guid school, CancellationToken cancellation = default)
    {
        for (var left = Tries; ; left--)
        {
            await using var select = database.CreateCommand(
                "select epoch from current_epoch where not exists (select from school_keys where school_id = $1)");
            select.Parameters.AddWithValue(school);
            if (await select.ExecuteScalarAsync(cancellation) is not int epoch) break;
            if (epochs.WrappingKey(epoch) is { } wrapping)
            {
                await using var insert = database.CreateCommand("""
                    insert into school_keys (school_id, epoch, wrapped) select $1, epoch, $3 from current_epoch where epoch = $2 for share
                    on conflict do nothing
                    """);
                insert.Parameters.AddWithValue(school);
                insert.Parameters.AddWithValue(epoch);
                insert.Parameters.AddWithValue(KeyWrap.Wrap(wrapping, RandomNumberGenerator.GetBytes(KeyWrap.KeyLength), Whose(school)));
                if (await insert.ExecuteNonQueryAsync(cancellation) == 1) break;
            }
            if (left == 0) throw EpochLost(epoch);
        }
        await EnsureDigestKeyAsync(school, cancellation);
    }

    /// <summary>Makes the key of a new photo. It is committed when this returns: a key comes before the object it protects.</summary>
    /// <returns>32 bytes.</returns>
    /// <exception cref="KeyStoreException">The photo has a key already, or the school has none.</exception>
    public Task<byte[]> CreatePhotoKeyAsync(Guid school, Guid photo, CancellationToken cancellation = default) =>
        CreateAsync(KeyOf.Photo, school, photo, cancellation);

    /// <inheritdoc cref="CreatePhotoKeyAsync"/>
    public async Task<byte[]> CreateAsync(KeyOf of, Guid school, Guid subject, CancellationToken cancellation = default)
    {
        var key = RandomNumberGenerator.GetBytes(KeyWrap.KeyLength);
        for (var left = Tries; ; left--)
        {
            var (epoch, schoolKey) = await NewestSchoolKeyAsync(school, cancellation);
            await using var insert = database.CreateCommand($"insert into {Table(of)} ({Id(of)}, school_id, epoch, wrapped) values ($1, $2, $3, $4)");
            insert.Parameters.AddWithValue(subject);
            insert.Parameters.AddWithValue(school);
            insert.Parameters.AddWithValue(epoch);
            insert.Parameters.AddWithValue(KeyWrap.Wrap(schoolKey, key, Whose(school, subject)));
            try
            {
                await insert.ExecuteNonQueryAsync(cancellation);
                return key;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                throw new KeyStoreException($"The {Word(of)} {subject} has a key already.");
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.ForeignKeyViolation && left > 0)
            {
                // That epoch has ended since.
                newest.TryRemove(school, out _);
            }
        }
    }

    /// <summary>Opens a photo's key.</summary>
    /// <returns>32 bytes; null where it was destroyed, never was, or is another school's.</returns>
    /// <exception cref="KeyStoreException">The key is there but does not open.</exception>
    public async Task<byte[]?> OpenAsync(Guid school, Guid photo, CancellationToken cancellation = default)
    {
        for (var left = Tries; ; left--)
        {
            await using var select = database.CreateCommand("select wrapped, epoch from photo_keys where photo_id = $1 and school_id = $2");
            select.Parameters.AddWithValue(photo);
            select.Parameters.AddWithValue(school);
            if (await OneAsync(select, cancellation) is not var (wrapped, epoch))
                return null;
            if (await SchoolKeyAsync(school, epoch, cancellation) is { } schoolKey)
            {
                return KeyWrap.Unwrap(schoolKey, wrapped, Whose(school, photo))
                    ?? throw new KeyStoreException($"The key of the photo {photo} does not open: its row was changed.");
            }
            if (left == 0) throw EpochLost(epoch);
        }
    }

    /// <summary>
    /// The text keys of a page of photos, pupils and disclosures of one school, in one query. Whoever's key was destroyed, never was, is
    /// another school's or does not open has none. Nothing is remembered: a destroyed key opens nothing from the next call on.
    /// </summary>
    public async Task<TextKeys> TextsAsync(Guid school, IReadOnlyCollection<Guid> subjects, CancellationToken cancellation = default) =>
        new(await OpenAllAsync(school, subjects, cancellation));

    private async Task<Dictionary<Guid, byte[]>> OpenAllAsync(Guid school, IReadOnlyCollection<Guid> subjects, CancellationToken cancellation)
    {
        var opened = new Dictionary<Guid, byte[]>();
        for (var (left, wanted) = (Tries, subjects.ToArray()); wanted.Length > 0; left--)
        {
            var rows = new List<(Guid Subject, byte[] Wrapped, int Epoch)>();
            await using (var select = database.CreateCommand(string.Join(" union all ", Enum.GetValues<KeyOf>().Select(
                of => $"select {Id(of)}, wrapped, epoch from {Table(of)} where school_id = $1 and {Id(of)} = any($2)"))))
            {
                select.Parameters.AddWithValue(school);
                select.Parameters.AddWithValue(wanted);
                await using var found = await select.ExecuteReaderAsync(cancellation);
                while (await found.ReadAsync(cancellation)) rows.Add((found.GetGuid(0), found.GetFieldValue<byte[]>(1), found.GetInt32(2)));
            }
            var again = new List<Guid>();
            foreach (var page in rows.GroupBy(row => row.Epoch))
            {
                if (await SchoolKeyAsync(school, page.Key, cancellation) is not { } schoolKey)
                {
                    if (left == 0) throw EpochLost(page.Key);
                    again.AddRange(page.Select(row => row.Subject));
                    continue;
                }
                foreach (var row in page)
                    if (KeyWrap.Unwrap(schoolKey, row.Wrapped, Whose(school, row.Subject)) is { } key) opened[row.Subject] = key;
            }
            wanted = [.. again];
        }
        return opened;
    }

    /// <inheritdoc cref="TextsAsync"/>
    /// <returns>Null where there is no key (any more).</returns>
    public async Task<TextKey?> TextAsync(Guid school, Guid subject, CancellationToken cancellation = default) =>
        (await TextsAsync(school, [subject], cancellation))[subject];

    /// <summary>Destroys a photo's key, for good once this returns. Harmless when repeated.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> DestroyAsync(Guid photo, CancellationToken cancellation = default) => DestroyAsync(KeyOf.Photo, photo, cancellation);

    /// <inheritdoc cref="DestroyAsync(Guid, CancellationToken)"/>
    public async Task<bool> DestroyAsync(KeyOf of, Guid subject, CancellationToken cancellation = default)
    {
        await using var delete = database.CreateCommand(
            $"with gone as (delete from {Table(of)} where {Id(of)} = $1 returning 1) select nextval('destroyed_keys') from gone");
        delete.Parameters.AddWithValue(subject);
        return await delete.ExecuteScalarAsync(cancellation) is not null;
    }

    /// <summary>Destroys the keys of these photos, for good once this returns. Harmless when repeated.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> DestroyAsync(IReadOnlyCollection<Guid> photos, CancellationToken cancellation = default)
    {
        await using var delete = database.CreateCommand("""
            with gone as (
              delete from photo_keys where photo_id = any(array(select photo_id from photo_keys where photo_id = any($1) for update skip locked))
              returning 1)
            select count(nextval('destroyed_keys'))::int from gone
            """);
        delete.Parameters.AddWithValue(photos.ToArray());
        var destroyed = (int)(await delete.ExecuteScalarAsync(cancellation))!;
        // An end of the epoch has locked these to wrap them anew. It is waited for one by one, holding nothing that it could wait for.
        foreach (var locked in await ExistingAsync(photos, cancellation))
            if (await DestroyAsync(locked, cancellation)) destroyed++;
        return destroyed;
    }

    /// <summary>Looks which of these photos have a key, whichever their school.</summary>
    public async Task<IReadOnlyList<Guid>> ExistingAsync(IReadOnlyCollection<Guid> photos, CancellationToken cancellation = default)
    {
        await using var select = database.CreateCommand("select photo_id from photo_keys where photo_id = any($1)");
        select.Parameters.AddWithValue(photos.ToArray());
        await using var rows = await select.ExecuteReaderAsync(cancellation);
        var existing = new List<Guid>();
        while (await rows.ReadAsync(cancellation)) existing.Add(rows.GetGuid(0));
        return existing;
    }

    /// <summary>Looks whether a photo has a key, whichever its school.</summary>
    public Task<bool> ExistsAsync(Guid photo, CancellationToken cancellation = default) => ExistsAsync(KeyOf.Photo, photo, cancellation);

    /// <inheritdoc cref="ExistsAsync(Guid, CancellationToken)"/>
    public async Task<bool> ExistsAsync(KeyOf of, Guid subject, CancellationToken cancellation = default)
    {
        await using var select = database.CreateCommand($"select exists (select from {Table(of)} where {Id(of)} = $1)");
        select.Parameters.AddWithValue(subject);
        return (bool)(await select.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Lists keys, oldest first, for the sweep of keys that are nobody's any more.</summary>
    /// <param name="createdBefore">Younger ones may belong to something under way, e.g. an upload.</param>
    /// <param name="after">The last entry of the page before; null for the first page.</param>
    /// <param name="limit">Entries of a page, 1 or more.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public async Task<IReadOnlyList<KeyEntry>> ListAsync(
        KeyOf of, DateTimeOffset createdBefore, KeyEntry? after, int limit, CancellationToken cancellation = default)
    {
        await using var select = database.CreateCommand($"""
            select {Id(of)}, school_id, created_at from {Table(of)}
            where created_at < $1 and (created_at, {Id(of)}) > ($2, $3)
            order by created_at, {Id(of)} limit $4
            """);
        select.Parameters.AddWithValue(createdBefore);
        select.Parameters.AddWithValue(after?.CreatedAt ?? DateTimeOffset.UnixEpoch);
        select.Parameters.AddWithValue(after?.Subject ?? Guid.Empty);
        select.Parameters.AddWithValue(limit);
        await using var rows = await select.ExecuteReaderAsync(cancellation);
        var page = new List<KeyEntry>();
        while (await rows.ReadAsync(cancellation))
            page.Add(new(rows.GetGuid(0), rows.GetGuid(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return page;
    }

    /// <summary>The key of the digests by which a school recognises the same picture sent twice; of no use for any other school.</summary>
    /// <returns>32 bytes for HMAC-SHA256, the same for ever, whatever epoch wraps them.</returns>
    /// <exception cref="KeyStoreException">The school has no key.</exception>
    public async Task<byte[]> SchoolDigestKeyAsync(Guid school, CancellationToken cancellation = default)
    {
        if (digestKeys.TryGetValue(school, out var known) && time.GetUtcNow() < known.Until)
            return known.Key;
        for (var left = Tries; ; left--)
        {
            await using var select = database.CreateCommand("select wrapped, epoch from digest_keys where school_id = $1");
            select.Parameters.AddWithValue(school);
            if (await OneAsync(select, cancellation) is not var (wrapped, epoch))
                throw new KeyStoreException($"The school {school} has no key.");
            if (await SchoolKeyAsync(school, epoch, cancellation) is { } schoolKey)
            {
                var key = KeyWrap.Unwrap(schoolKey, wrapped, KeyEpochs.WhoseDigests(school))
                    ?? throw new KeyStoreException($"The digest key of the school {school} does not open: its row was changed.");
                digestKeys[school] = (key, time.GetUtcNow() + Remembered);
                return key;
            }
            if (left == 0) throw EpochLost(epoch);
        }
    }

    private async Task<List<Guid>> SchoolsWithoutDigestKeyAsync(CancellationToken cancellation)
    {
        await using var select = database.CreateCommand("select distinct school_id from school_keys except select school_id from digest_keys");
        await using var rows = await select.ExecuteReaderAsync(cancellation);
        var schools = new List<Guid>();
        while (await rows.ReadAsync(cancellation)) schools.Add(rows.GetGuid(0));
        return schools;
    }

    // Derived from the school's first key, as it always was before keys had epochs.
    private async Task EnsureDigestKeyAsync(Guid school, CancellationToken cancellation)
    {
        var (epoch, schoolKey) = await NewestSchoolKeyAsync(school, cancellation);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, schoolKey, KeyWrap.KeyLength, info: "picture-digest"u8.ToArray());
        await using var insert = database.CreateCommand("insert into digest_keys (school_id, epoch, wrapped) values ($1, $2, $3) on conflict do nothing");
        insert.Parameters.AddWithValue(school);
        insert.Parameters.AddWithValue(epoch);
        insert.Parameters.AddWithValue(KeyWrap.Wrap(schoolKey, key, KeyEpochs.WhoseDigests(school)));
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<(int Epoch, byte[] Key)> NewestSchoolKeyAsync(Guid school, CancellationToken cancellation)
    {
        for (var left = Tries; ; left--)
        {
            if (!newest.TryGetValue(school, out var known) || time.GetUtcNow() >= known.Until)
            {
                await using var select = database.CreateCommand("select max(epoch) from school_keys where school_id = $1");
                select.Parameters.AddWithValue(school);
                if (await select.ExecuteScalarAsync(cancellation) is not int epoch)
                    throw new KeyStoreException($"The school {school} has no key.");
                newest[school] = known = (epoch, time.GetUtcNow() + Remembered);
            }
            if (await SchoolKeyAsync(school, known.Epoch, cancellation) is { } key)
                return (known.Epoch, key);
            newest.TryRemove(school, out _);
            if (left == 0) throw EpochLost(known.Epoch);
        }
    }

    /// <returns>Null where the epoch is over.</returns>
    private async Task<byte[]?> SchoolKeyAsync(Guid school, int epoch, CancellationToken cancellation)
    {
        if (schoolKeys.TryGetValue((school, epoch), out var known) && time.GetUtcNow() < known.Until)
            return known.Key;
        await using var select = database.CreateCommand("select wrapped, epoch from school_keys where school_id = $1 and epoch = $2");
        select.Parameters.AddWithValue(school);
        select.Parameters.AddWithValue(epoch);
        if (await OneAsync(select, cancellation) is not var (wrapped, _) || epochs.WrappingKey(epoch) is not { } wrapping)
            return null;
        var key = KeyWrap.Unwrap(wrapping, wrapped, Whose(school))
            ?? throw new KeyStoreException($"The key of the school {school} does not open with {root.Description}: it is another root key.");
        schoolKeys[(school, epoch)] = (key, time.GetUtcNow() + Remembered);
        return key;
    }

    private static async Task<(byte[] Wrapped, int Epoch)?> OneAsync(NpgsqlCommand select, CancellationToken cancellation)
    {
        await using var row = await select.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? (row.GetFieldValue<byte[]>(0), row.GetInt32(1)) : null;
    }

    private KeyStoreException EpochLost(int epoch) => new(
        $"The secret of epoch {epoch} is not beside {root.Description}, but keys are wrapped by it. Put the file back; several machines need the folder in common.");

    internal static string Table(KeyOf of) => $"{Word(of)}_keys";

    internal static string Id(KeyOf of) => $"{Word(of)}_id";

    private static string Word(KeyOf of) => Words.Of(of);

    internal static byte[] Whose(params ReadOnlySpan<Guid> ids)
    {
        var whose = new byte[ids.Length * 16];
        for (var i = 0; i < ids.Length; i++)
            _ = ids[i].TryWriteBytes(whose.AsSpan(i * 16), bigEndian: true, out _);
        return whose;
    }
}

/// <summary>One key in a listing; not the key itself.</summary>
/// <param name="Subject">Whose.</param>
/// <param name="School">Its school.</param>
/// <param name="CreatedAt">By the database's clock.</param>
public sealed record KeyEntry(Guid Subject, Guid School, DateTimeOffset CreatedAt);
