using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>What a backup holds, as its sealed manifest says.</summary>
/// <param name="At">The database's clock when it was begun: everything committed before is in it.</param>
/// <param name="Dump">SHA-256 of the sealed dump, hexadecimal.</param>
/// <param name="Objects">Every object of every photo in it.</param>
public sealed record BackupManifest(DateTimeOffset At, int Migrations, string Dump, IReadOnlyList<BackupObject> Objects);

/// <param name="Length">Bytes in the store, encrypted.</param>
/// <param name="Sha256">Of these bytes, hexadecimal.</param>
public sealed record BackupObject(string Name, long Length, string Sha256);

/// <summary>
/// Records and pictures into a <see cref="BackupPlace"/>: a sealed dump in one snapshot, and every object as it lies in the store, encrypted under keys that
/// are never in the same place. Objects never change, so a later backup copies only what is new. Backups older than 35 days go, and
/// with them every object that no younger one lists.
/// </summary>
public sealed class Backups(RecordsDb db, IBlobStore blobs, RootKey root, BackupNotes notes, PhotoGuardSettings settings)
{
    /// <summary>How long a backup is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(35);

    private readonly SealedFile files = new(root);

    /// <param name="to">The folder or <c>azure:CONTAINER</c>; the same one every time.</param>
    /// <param name="progress">Objects done, of how many.</param>
    /// <returns>The new backup, which was read back and found whole, every picture in it included.</returns>
    /// <exception cref="RecoveryException">It cannot be made there and nothing that was there is touched; or it is made, and an earlier one is damaged.</exception>
    public async Task<Backup> MakeAsync(string to, Action<int, int> progress, CancellationToken cancel)
    {
        var place = await BackupPlace.MakeAsync(to, BackupOf.Records, settings, cancel);
        var at = await db.NowAsync(cancel);
        var backup = BackupPlace.NameOf(at);
        var dump = $"{backup}/{BackupPlace.RecordsDump}";
        await files.WriteAsync(place, dump, target => new PostgresTools(settings.Database).DumpAsync(target, cancel), cancel);
        // After the dump: what it lists and is destroyed meanwhile is not missed, and what is new meanwhile does no harm.
        var names = await db.Objects.AsNoTracking().Where(row => row.StoredAt != null).OrderBy(row => row.Name).Select(row => row.Name).ToListAsync(cancel);
        var (known, mended) = (await KnownAsync(place, cancel), 0);
        var objects = new List<BackupObject>(names.Count);
        foreach (var name in names)
        {
            var before = known.GetValueOrDefault(name);
            if (before is not null && await IsWholeAsync(place, before, cancel)) objects.Add(before);
            else if (await CopyAsync(place, name, cancel) is { } copied)
            {
                objects.Add(copied);
                if (before is not null) mended++;
            }
            progress(objects.Count, names.Count);
        }
        var migrations = (await db.Database.SqlQuery<int>($"select max(number) as \"Value\" from schema_migrations").ToListAsync(cancel))[0];
        var manifest = new BackupManifest(at, migrations, await place.DigestAsync(dump, cancel) ?? throw new RecoveryException($"{place.Name} does not have what was written to it."), objects);
        // Last of all: a backup without its manifest never was one.
        await files.WriteAsync(place, $"{backup}/{BackupPlace.Manifest}", target => JsonSerializer.SerializeAsync(target, manifest, JsonSerializerOptions.Web, cancel), cancel);
        await CheckAsync(place, backup, cancel);
        var made = await notes.NoteAsync(BackupOf.Records, at, place.Name, objects.Count, mended, cancel);
        await ForgetAsync(place, at, cancel);
        return made;
    }

    /// <summary>Every object as the earlier backups that can be read say it was written.</summary>
    private async Task<Dictionary<string, BackupObject>> KnownAsync(BackupPlace place, CancellationToken cancel)
    {
        var known = new Dictionary<string, BackupObject>();
        foreach (var (_, backup) in await place.BackupsAsync(cancel))
        {
            try
            {
                foreach (var item in (await ReadAsync(place, backup, cancel)).Objects) known.TryAdd(item.Name, item);
            }
            catch (EnvelopeBrokenException)
            {
                // Told once the new one is made.
            }
        }
        return known;
    }

    private static async Task<bool> IsWholeAsync(BackupPlace place, BackupObject item, CancellationToken cancel) =>
        await place.DigestAsync(NameOf(item.Name), cancel) == item.Sha256;

    /// <summary>Reads a backup's manifest and dump through, as a restore would.</summary>
    /// <exception cref="EnvelopeBrokenException">A byte is not as it was written, or the root key is another.</exception>
    internal async Task<BackupManifest> CheckAsync(BackupPlace place, string backup, CancellationToken cancel)
    {
        var manifest = await ReadAsync(place, backup, cancel);
        await using var dump = await files.OpenAsync(place, $"{backup}/{BackupPlace.RecordsDump}", cancel);
        await dump.CopyToAsync(Stream.Null, cancel);
        return manifest;
    }

    internal async Task<BackupManifest> ReadAsync(BackupPlace place, string backup, CancellationToken cancel)
    {
        await using var file = await files.OpenAsync(place, $"{backup}/{BackupPlace.Manifest}", cancel);
        return (await JsonSerializer.DeserializeAsync<BackupManifest>(file, JsonSerializerOptions.Web, cancel))!;
    }

    /// <summary>The dump in clear, in a file that only we can read; the caller deletes it.</summary>
    internal async Task<string> UnsealDumpAsync(BackupPlace place, string backup, CancellationToken cancel)
    {
        var path = Path.Combine(settings.Data, $"restoring-{Guid.NewGuid():N}");
        await using var dump = await files.OpenAsync(place, $"{backup}/{BackupPlace.RecordsDump}", cancel);
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await dump.CopyToAsync(file, cancel);
        return path;
    }

    /// <summary>The name in a place of an object of the store.</summary>
    internal static string NameOf(string name) => $"{BackupPlace.Objects}/{BlobName.Checked(name)}";

    /// <returns>Null where the object was destroyed meanwhile.</returns>
    private async Task<BackupObject?> CopyAsync(BackupPlace place, string name, CancellationToken cancel)
    {
        try
        {
            await using var stored = await blobs.OpenAsync(name, cancel);
            using var read = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await place.WriteAsync(NameOf(name), async file =>
            {
                var buffer = new byte[1 << 16];
                while (await stored.ReadAsync(buffer, cancel) is > 0 and var length)
                {
                    read.AppendData(buffer, 0, length);
                    await file.WriteAsync(buffer.AsMemory(0, length), cancel);
                }
            }, cancel);
            var digest = Convert.ToHexStringLower(read.GetHashAndReset());
            // What lies there now, not what was meant to.
            return await place.DigestAsync(NameOf(name), cancel) == digest
                ? new(name, stored.Length, digest)
                : throw new RecoveryException($"{NameOf(name)} in {place.Name} is not what was written to it; that place cannot be trusted with a backup.");
        }
        catch (BlobNotFoundException)
        {
            return null;
        }
    }

    private async Task ForgetAsync(BackupPlace place, DateTimeOffset now, CancellationToken cancel)
    {
        var kept = new HashSet<string>();
        foreach (var (at, backup) in await place.BackupsAsync(cancel))
        {
            if (at < now - Kept)
            {
                // The manifest first: half a backup must not look like one.
                await place.DeleteAsync($"{backup}/{BackupPlace.Manifest}", cancel);
                await place.DeleteAsync($"{backup}/{BackupPlace.RecordsDump}", cancel);
                place.Tidy(backup);
                continue;
            }
            try
            {
                kept.UnionWith((await ReadAsync(place, backup, cancel)).Objects.Select(item => NameOf(item.Name)));
            }
            catch (EnvelopeBrokenException)
            {
                // Whose pictures it lists, nobody knows: none is deleted.
                throw new RecoveryException($"The new backup is made and whole, but an earlier one is damaged: {place.Name}/{backup}. Move it away; until then nothing old is deleted.");
            }
        }
        foreach (var name in await place.BelowAsync(BackupPlace.Objects, cancel).Where(name => !kept.Contains(name)).ToListAsync(cancel))
            await place.DeleteAsync(name, cancel);
        place.Tidy(BackupPlace.Objects);
    }
}
