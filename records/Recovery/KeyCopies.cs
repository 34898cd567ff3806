using System.Text.Json;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// Copies of the keys, in a place of their own. Each is one sealed file and lives a week: that is the longest for which somebody with
/// a backup, the root key and last week's copy could bring back what was destroyed. The next copy destroys older ones.
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
        var place = await BackupPlace.MakeAsync(to, BackupOf.Keys, settings, cancel);
        var at = await db.NowAsync(cancel);
        var copy = await keys.CopyAsync(cancel);
        var name = BackupPlace.NameOf(at) + Extension;
        await files.WriteAsync(place, name, target => JsonSerializer.SerializeAsync(target, copy, JsonSerializerOptions.Web, cancel), cancel);
        // Read back whole: the first wrong byte throws.
        var held = (await ReadAsync(place, name, cancel)).Subjects.Count;
        await notes.NoteAsync(BackupOf.Keys, at, place.Name, held, mended: 0, cancel);
        foreach (var (made, older) in await CopiesAsync(place, cancel))
            if (made < at - Kept) await place.DestroyAsync(older, cancel);
        return held;
    }

    /// <summary>The latest copy.</summary>
    /// <param name="now">The clock of the database that it is restored into.</param>
    /// <exception cref="RecoveryException">There is none that is young enough.</exception>
    internal async Task<(DateTimeOffset At, KeyStoreCopy Copy)> LatestAsync(string from, DateTimeOffset now, CancellationToken cancel)
    {
        var place = await BackupPlace.OpenAsync(from, BackupOf.Keys, settings, cancel);
        if (await CopiesAsync(place, cancel) is not [var (at, name), ..]) throw new RecoveryException($"{from} holds no copies of keys.");
        if (at < now - Kept)
            throw new RecoveryException($"The latest copy of the keys is of {at:yyyy-MM-dd HH:mm} UTC: older than {Kept.Days} days, so that it would bring back what was destroyed since. It is refused.");
        return (at, await ReadAsync(place, name, cancel));
    }

    private async Task<KeyStoreCopy> ReadAsync(BackupPlace place, string name, CancellationToken cancel)
    {
        await using var file = await files.OpenAsync(place, name, cancel);
        return (await JsonSerializer.DeserializeAsync<KeyStoreCopy>(file, JsonSerializerOptions.Web, cancel))!;
    }

    private static async Task<IReadOnlyList<(DateTimeOffset At, string Name)>> CopiesAsync(BackupPlace place, CancellationToken cancel) => [..
        (await place.TopAsync(cancel)).Where(name => name.EndsWith(Extension, StringComparison.Ordinal))
        .Select(name => (At: BackupPlace.InstantOf(name[..^Extension.Length]), Name: name))
        .Where(found => found.At is not null).Select(found => (found.At!.Value, found.Name)).OrderByDescending(found => found.Value)];
}
