using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// Every photo's own data key, wrapped by its school's key, which the root key wraps. A database of its own, so that no dump of
/// the records holds a key (field/reliability.md, design rule 2). Destroying a photo's key makes every copy of its objects
/// unreadable at once, those in backups and recycle bins too.
/// </summary>
/// <param name="database">The keys' own database.</param>
/// <param name="root">Wraps the schools' keys.</param>
/// <param name="time">For the age of the schools' keys in memory.</param>
public sealed class KeyStore(NpgsqlDataSource database, RootKey root, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, (byte[] Key, DateTimeOffset Until)> schoolKeys = new();

    /// <summary>Brings the database up to date and makes sure that it belongs to this root key. To be called at every start.</summary>
    /// <exception cref="KeyStoreException">The root key is not the one that this database was made with.</exception>
    /// <exception cref="MigrationException">The database is of another program.</exception>
    public async Task PrepareAsync(CancellationToken cancellation = default)
    {
        await new Migrator(database, "PhotoGuard.Records.Keys.Migrations.").MigrateAsync(cancellation);
        var whose = "root"u8.ToArray();
        await using (var insert = database.CreateCommand("insert into root_key_check (wrapped) values ($1) on conflict do nothing"))
        {
            insert.Parameters.AddWithValue(KeyWrap.Wrap(root.Bytes, new byte[KeyWrap.KeyLength], whose));
            await insert.ExecuteNonQueryAsync(cancellation);
        }

        await using var select = database.CreateCommand("select wrapped from root_key_check");
        var wrapped = (byte[])(await select.ExecuteScalarAsync(cancellation))!;
        if (KeyWrap.Unwrap(root.Bytes, wrapped, whose) is null)
        {
            throw new KeyStoreException(
                $"{root.Description} is not the root key that this database of keys was made with. Put the right file back; do not make a new one.");
        }
    }

    /// <summary>Gives a school its key; does nothing where it has one.</summary>
    public async Task EnsureSchoolAsync(Guid school, CancellationToken cancellation = default)
    {
        await using var insert = database.CreateCommand(
            "insert into school_keys (school_id, wrapped) values ($1, $2) on conflict do nothing");
        insert.Parameters.AddWithValue(school);
        insert.Parameters.AddWithValue(KeyWrap.Wrap(root.Bytes, RandomNumberGenerator.GetBytes(KeyWrap.KeyLength), Whose(school)));
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Makes the key of a new photo. It is committed when this returns: a key comes before the object it protects.</summary>
    /// <returns>32 bytes.</returns>
    /// <exception cref="KeyStoreException">The photo has a key already, or the school has none.</exception>
    public async Task<byte[]> CreatePhotoKeyAsync(Guid school, Guid photo, CancellationToken cancellation = default)
    {
        var schoolKey = await SchoolKeyAsync(school, cancellation);
        var key = RandomNumberGenerator.GetBytes(KeyWrap.KeyLength);
        await using var insert = database.CreateCommand("insert into photo_keys (photo_id, school_id, wrapped) values ($1, $2, $3)");
        insert.Parameters.AddWithValue(photo);
        insert.Parameters.AddWithValue(school);
        insert.Parameters.AddWithValue(KeyWrap.Wrap(schoolKey, key, Whose(school, photo)));
        try
        {
            await insert.ExecuteNonQueryAsync(cancellation);
            return key;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new KeyStoreException($"The photo {photo} has a key already.");
        }
    }

    /// <summary>Opens a photo's key.</summary>
    /// <returns>32 bytes; null where it was destroyed, never was, or is another school's.</returns>
    /// <exception cref="KeyStoreException">The key is there but does not open.</exception>
    public async Task<byte[]?> OpenAsync(Guid school, Guid photo, CancellationToken cancellation = default)
    {
        await using var select = database.CreateCommand("select wrapped from photo_keys where photo_id = $1 and school_id = $2");
        select.Parameters.AddWithValue(photo);
        select.Parameters.AddWithValue(school);
        if (await select.ExecuteScalarAsync(cancellation) is not byte[] wrapped)
            return null;
        return KeyWrap.Unwrap(await SchoolKeyAsync(school, cancellation), wrapped, Whose(school, photo))
            ?? throw new KeyStoreException($"The key of the photo {photo} does not open: its row was changed.");
    }

    /// <summary>Destroys a photo's key, for good once this returns. Harmless when repeated.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DestroyAsync(Guid photo, CancellationToken cancellation = default)
    {
        await using var delete = database.CreateCommand("delete from photo_keys where photo_id = $1");
        delete.Parameters.AddWithValue(photo);
        return await delete.ExecuteNonQueryAsync(cancellation) > 0;
    }

    /// <summary>Looks whether a photo has a key, whichever its school.</summary>
    public async Task<bool> ExistsAsync(Guid photo, CancellationToken cancellation = default)
    {
        await using var select = database.CreateCommand("select exists (select from photo_keys where photo_id = $1)");
        select.Parameters.AddWithValue(photo);
        return (bool)(await select.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Lists keys, oldest first, for the sweep of keys without a photo.</summary>
    /// <param name="createdBefore">Younger ones may belong to an upload under way.</param>
    /// <param name="after">The last entry of the page before; null for the first page.</param>
    /// <param name="limit">Entries of a page, 1 or more.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public async Task<IReadOnlyList<PhotoKeyEntry>> ListAsync(
        DateTimeOffset createdBefore, PhotoKeyEntry? after, int limit, CancellationToken cancellation = default)
    {
        await using var select = database.CreateCommand("""
            select photo_id, school_id, created_at from photo_keys
            where created_at < $1 and (created_at, photo_id) > ($2, $3)
            order by created_at, photo_id limit $4
            """);
        select.Parameters.AddWithValue(createdBefore);
        select.Parameters.AddWithValue(after?.CreatedAt ?? DateTimeOffset.UnixEpoch);
        select.Parameters.AddWithValue(after?.Photo ?? Guid.Empty);
        select.Parameters.AddWithValue(limit);
        await using var rows = await select.ExecuteReaderAsync(cancellation);
        var page = new List<PhotoKeyEntry>();
        while (await rows.ReadAsync(cancellation))
            page.Add(new(rows.GetGuid(0), rows.GetGuid(1), rows.GetFieldValue<DateTimeOffset>(2)));
        return page;
    }

    /// <summary>The key of the digests by which a school recognises the same picture sent twice; of no use for any other school.</summary>
    /// <returns>32 bytes for HMAC-SHA256, the same as long as the school's key lives.</returns>
    /// <exception cref="KeyStoreException">The school has no key.</exception>
    public async Task<byte[]> SchoolDigestKeyAsync(Guid school, CancellationToken cancellation = default) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, await SchoolKeyAsync(school, cancellation), KeyWrap.KeyLength, info: "picture-digest"u8.ToArray());

    private async Task<byte[]> SchoolKeyAsync(Guid school, CancellationToken cancellation)
    {
        if (schoolKeys.TryGetValue(school, out var known) && time.GetUtcNow() < known.Until)
            return known.Key;
        await using var select = database.CreateCommand("select wrapped from school_keys where school_id = $1");
        select.Parameters.AddWithValue(school);
        if (await select.ExecuteScalarAsync(cancellation) is not byte[] wrapped)
            throw new KeyStoreException($"The school {school} has no key.");
        var key = KeyWrap.Unwrap(root.Bytes, wrapped, Whose(school))
            ?? throw new KeyStoreException($"The key of the school {school} does not open with {root.Description}: it is another root key.");
        schoolKeys[school] = (key, time.GetUtcNow() + Remembered);
        return key;
    }

    private static byte[] Whose(params ReadOnlySpan<Guid> ids)
    {
        var whose = new byte[ids.Length * 16];
        for (var i = 0; i < ids.Length; i++)
            _ = ids[i].TryWriteBytes(whose.AsSpan(i * 16), bigEndian: true, out _);
        return whose;
    }
}

/// <summary>One photo's key in a listing; not the key itself.</summary>
/// <param name="Photo">Whose.</param>
/// <param name="School">Its school.</param>
/// <param name="CreatedAt">By the database's clock.</param>
public sealed record PhotoKeyEntry(Guid Photo, Guid School, DateTimeOffset CreatedAt);
