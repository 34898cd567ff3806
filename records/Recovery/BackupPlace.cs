using System.Globalization;
using System.Security.Cryptography;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// A place of backups or of copies of the keys, a folder or an Azure container: files by name, each whole and durable once it is written,
/// or not there. <c>{instant}/manifest</c> and <c>{instant}/records</c> are a backup, below <c>objects/</c> lie the pictures of all of them, as
/// encrypted as in the store; <c>{instant}.keys</c> is a copy of the keys. A file says which of the two it is for, so that keys never
/// come to lie beside pictures.
/// </summary>
public abstract class BackupPlace
{
    internal const string Manifest = "manifest", RecordsDump = "records", Objects = "objects";
    private const string Format = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>As people name it.</summary>
    public abstract string Name { get; }

    /// <summary>A place for one kind, made where it is missing.</summary>
    /// <param name="address">A folder, or <c>azure:CONTAINER</c>.</param>
    /// <exception cref="RecoveryException">It, or one too near to it, holds the other kind, the ledger, or the data itself.</exception>
    internal static async Task<BackupPlace> MakeAsync(string address, BackupOf what, PhotoGuardSettings settings, CancellationToken cancel)
    {
        BackupPlace place = BackupContainer.NameIn(address) is { } container
            ? await BackupContainer.MakeInAsync(container, what, settings, cancel)
            : BackupFolder.Make(address, what, settings);
        if (!await place.ExistsAsync(MarkOf(what), cancel))
        {
            await place.WriteAsync(MarkOf(what), mark => mark.WriteAsync(what == BackupOf.Keys
                ? "Copies of the keys of PhotoGuard, a week at most. Never to be kept where the backups of its pictures are.\n"u8.ToArray()
                : "Backups of the records and pictures of PhotoGuard. The keys are not here and must never be.\n"u8.ToArray(), cancel).AsTask(), cancel);
        }
        return place;
    }

    /// <summary>A place that is there.</summary>
    /// <exception cref="RecoveryException">There is none of that kind.</exception>
    internal static async Task<BackupPlace> OpenAsync(string address, BackupOf what, PhotoGuardSettings settings, CancellationToken cancel)
    {
        BackupPlace place = BackupContainer.NameIn(address) is { } container ? BackupContainer.Of(container, what, settings) : new BackupFolder(address);
        return await place.ExistsAsync(MarkOf(what), cancel)
            ? place
            : throw new RecoveryException(what == BackupOf.Keys ? $"{address} holds no copies of keys." : $"{address} holds no backups.");
    }

    /// <summary>The backup that somebody names: the latest of a place, or <c>PLACE/INSTANT</c>.</summary>
    /// <returns>The place, and the name of the backup's folder in it.</returns>
    /// <exception cref="RecoveryException">It holds none, or none that is whole.</exception>
    internal static async Task<(BackupPlace Place, string Backup)> ChooseAsync(string address, PhotoGuardSettings settings, CancellationToken cancel)
    {
        var named = address.TrimEnd('/');
        var slash = named.LastIndexOf('/');
        if (InstantOf(named[(slash + 1)..]) is not null)
        {
            var (holding, backup) = (await OpenAsync(slash < 0 ? "." : named[..slash], BackupOf.Records, settings, cancel), named[(slash + 1)..]);
            return await holding.ExistsAsync($"{backup}/{Manifest}", cancel) ? (holding, backup) : throw new RecoveryException($"{address} is no whole backup.");
        }
        var place = await OpenAsync(address, BackupOf.Records, settings, cancel);
        return await place.BackupsAsync(cancel) is [var (_, latest), ..] ? (place, latest) : throw new RecoveryException($"{address} holds no whole backup.");
    }

    internal static string MarkOf(BackupOf what) => what == BackupOf.Keys ? "photoguard-keys" : "photoguard-backups";

    /// <summary>Backups by the instant they were begun, the latest first; only whole ones.</summary>
    internal async Task<IReadOnlyList<(DateTimeOffset At, string Name)>> BackupsAsync(CancellationToken cancel)
    {
        var found = new List<(DateTimeOffset At, string Name)>();
        foreach (var name in await TopAsync(cancel))
            if (InstantOf(name) is { } at && await ExistsAsync($"{name}/{Manifest}", cancel)) found.Add((at, name));
        return [.. found.OrderByDescending(backup => backup.At)];
    }

    /// <summary>SHA-256 of a file as it lies there now, hexadecimal; null where it is absent.</summary>
    internal async Task<string?> DigestAsync(string name, CancellationToken cancel)
    {
        await using var file = await OpenAsync(name, cancel);
        return file is null ? null : Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    internal static string NameOf(DateTimeOffset at) => at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    internal static DateTimeOffset? InstantOf(string name) =>
        DateTimeOffset.TryParseExact(name, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>Writes a file, over one of that name: it is there whole and durable, or as before.</summary>
    internal abstract Task WriteAsync(string name, Func<Stream, Task> fill, CancellationToken cancel);

    /// <summary>Opens a file, seekable; null where it is absent. An error is never taken for absence.</summary>
    internal abstract Task<Stream?> OpenAsync(string name, CancellationToken cancel);

    internal abstract Task<bool> ExistsAsync(string name, CancellationToken cancel);

    /// <summary>Names of the files and folders at the top.</summary>
    internal abstract Task<IReadOnlyList<string>> TopAsync(CancellationToken cancel);

    /// <summary>Names of every file below a folder.</summary>
    internal abstract IAsyncEnumerable<string> BelowAsync(string folder, CancellationToken cancel);

    /// <summary>Deletes a file; that it is absent is success.</summary>
    internal abstract Task DeleteAsync(string name, CancellationToken cancel);

    /// <summary>Deletes a file so that its blocks cannot be read either, as far as the place allows it.</summary>
    internal abstract Task DestroyAsync(string name, CancellationToken cancel);

    /// <summary>Removes the folders, this one and below, that deleted files left empty.</summary>
    internal virtual void Tidy(string folder)
    {
    }

    /// <summary>Keys and pictures in one place would be opened together.</summary>
    protected static RecoveryException TooNear(string root, string found) => new(
        $"Keys and pictures must not lie together: {root} and {found} are one root. Choose another disk or machine for the keys.");
}
