using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>Records, keys and store held against one another: once everything is over, none knows anything that the others do not.</summary>
internal static class Books
{
    /// <summary>Fails where anything is left over, half done, missing or done twice.</summary>
    public static async Task MustBalanceAsync(PhotoFlows flows)
    {
        var (photos, objects) = await flows.RunAsync(async (RecordsDb db) =>
            (await db.Photos.Select(row => row.Id).ToListAsync(), await db.Objects.AsNoTracking().ToListAsync()));
        var store = flows.Services.GetRequiredService<IBlobStore>();
        var blobs = await store.ListAsync(BlobName.Root).Select(entry => entry.Name).ToListAsync();
        var root = flows.Services.GetRequiredService<PhotoGuardSettings>().Blobs.Split(':', 2)[1];

        Same("photos and folders of the store", photos.Select(id => id.ToString()),
            Directory.GetDirectories(Path.Combine(root, "photos")).Select(folder => Path.GetFileName(folder)));
        Same("objects registered and stored", objects.Select(item => item.Name), blobs);
        Same("photos and their keys", photos.Select(id => id.ToString()), await KeysAsync(flows));
        Same("photos and their originals", photos, objects.Where(item => item.Kind == ObjectKind.Original).Select(item => item.PhotoId));
        Assert.All(objects, item => Assert.NotNull(item.StoredAt));
        Assert.Empty(Directory.GetFiles(Path.Combine(root, ".tmp")));
        foreach (var wrong in new[]
        {
            "select count(*) from (select from audit_entries where event in ('photo.received', 'photo.redacted', 'photo.tombstoned', 'photo.destroyed') group by event, photo_id having count(*) > 1) as twice",
            "select count(*) from photos where not exists (select from audit_entries where event in ('photo.received', 'photo.redacted') and photo_id = photos.id)",
            "select count(*) from redactions where (made_at is not null) <> exists (select from photos where id = photo_id)",
            "select count(*) from picture_digests where destroyed_at is null and not exists (select from photos where id = photo_id)",
            "select count(*) from photos where exists (select from tombstones where photo_id = photos.id)",
            "select count(*) from certificates where exists (select from objects where photo_id = certificates.photo_id)",
            "select count(*) from removals where place = 'store' and cancelled_at is null and done_at is null",
            "select count(*) from tombstones where not exists (select from certificates where photo_id = tombstones.photo_id)",
        }) Assert.True(await flows.CountAsync(wrong) == 0, wrong);
    }

    /// <summary>Fails unless every finished object of the photo opens with its key and is, byte for byte, what was registered.</summary>
    public static async Task MustOpenAsync(PhotoFlows flows, Guid photo)
    {
        var keys = flows.Services.GetRequiredService<KeyStore>();
        var store = flows.Services.GetRequiredService<IBlobStore>();
        var finished = await flows.RunAsync((RecordsDb db) =>
            db.Objects.AsNoTracking().Where(row => row.PhotoId == photo && row.StoredAt != null).ToListAsync());
        Assert.Contains(finished, item => item.Kind == ObjectKind.Original);
        foreach (var item in finished)
        {
            var key = await keys.OpenAsync(item.SchoolId, photo);
            Assert.NotNull(key);
            await using var plain = await Envelope.OpenReadAsync(await store.OpenAsync(item.Name), key, item.Name);
            // Reading to the end proves every segment; an original has no digest of its own beside that.
            var digest = await SHA256.HashDataAsync(plain);
            Assert.Equal(item.Bytes, plain.Length);
            if (item.Kind != ObjectKind.Original) Assert.Equal(item.Sha256!, digest);
        }
    }

    private static void Same<T>(string what, IEnumerable<T> one, IEnumerable<T> other)
    {
        var (here, there) = (one.Order().ToList(), other.Order().ToList());
        Assert.True(here.SequenceEqual(there),
            $"{what} differ: only [{string.Join(' ', here.Except(there))}] and only [{string.Join(' ', there.Except(here))}], of {here.Count} and {there.Count}.");
    }

    private static async Task<List<string>> KeysAsync(PhotoFlows flows)
    {
        var keys = new List<string>();
        await using var command = flows.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase)
            .CreateCommand("select photo_id::text from photo_keys");
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) keys.Add(rows.GetString(0));
        return keys;
    }
}
