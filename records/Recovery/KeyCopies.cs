using System.Security.Cryptography;
using System.Text.Json;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// Copies of the keys, in a place of their own. Each is one sealed file and lives a week: that is the longest for which somebody with
/// a backup, the root key and last week's copy could bring back what was destroyed. The next copy overwrites and deletes older ones.
/// </summary>
public sealed class KeyCopies(KeyStore keys, RootKey root, RecordsDb db, BackupNotes notes, PhotoGuardSettings settings)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private const string Extension = ".keys";

    private readonly SealedFile files = new(root);

    /// <returns>How many keys it holds, read back.</returns>
    /// <exception cref="RecoveryException">The place is that of the backups.</exception>
    public async Task<int> MakeAsync(string to, CancellationToken cancel)
    {
        var place = BackupPlace.Make(to, BackupPlace.OfKeys, settings);
        var at = await db.NowAsync(cancel);
        var copy = await keys.CopyAsync(cancel);
        var path = Path.Combine(place.Root, BackupPlace.NameOf(at) + Extension);
        await files.WriteAsync(path, target => JsonSerializer.SerializeAsync(target, copy, JsonSerializerOptions.Web, cancel), cancel);
        // Read back whole: the first wrong byte throws.
        var held = (await ReadAsync(path, cancel)).Subjects.Count;
        await notes.NoteAsync(BackupOf.Keys, at, place.Root, held, mended: 0, cancel);
        foreach (var (made, older) in Copies(place))
            if (made < at - Kept) Destroy(older);
        return held;
    }

    /// <summary>The latest copy.</summary>
    /// <param name="now">The clock of the database that it is restored into.</param>
    /// <exception cref="RecoveryException">There is none that is young enough.</exception>
    internal async Task<(DateTimeOffset At, KeyStoreCopy Copy)> LatestAsync(string from, DateTimeOffset now, CancellationToken cancel)
    {
        var place = BackupPlace.Open(from, BackupPlace.OfKeys);
        if (Copies(place) is not [var (at, path), ..]) throw new RecoveryException($"{from} holds no copies of keys.");
        if (at < now - Kept)
            throw new RecoveryException($"The latest copy of the keys is of {at:yyyy-MM-dd HH:mm} UTC: older than {Kept.Days} days, so that it would bring back what was destroyed since. It is refused.");
        return (at, await ReadAsync(path, cancel));
    }

    private async Task<KeyStoreCopy> ReadAsync(string path, CancellationToken cancel)
    {
        await using var file = await files.OpenAsync(path, cancel);
        return (await JsonSerializer.DeserializeAsync<KeyStoreCopy>(file, JsonSerializerOptions.Web, cancel))!;
    }

    private static IReadOnlyList<(DateTimeOffset At, string Path)> Copies(BackupPlace place) => [.. Directory.GetFiles(place.Root, $"*{Extension}")
        .Select(path => (At: BackupPlace.InstantOf(Path.GetFileNameWithoutExtension(path)), Path: path))
        .Where(found => found.At is not null).Select(found => (found.At!.Value, found.Path)).OrderByDescending(found => found.Value)];

    /// <summary>Overwritten in its blocks first, like the secrets of epochs.</summary>
    private static void Destroy(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            var random = new byte[1 << 16];
            for (var left = file.Length; left > 0; left -= random.Length)
            {
                RandomNumberGenerator.Fill(random);
                file.Write(random, 0, (int)Math.Min(left, random.Length));
            }
            Posix.SyncFile(file);
        }
        File.Delete(path);
    }
}
