using System.Globalization;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// A folder of backups: <c>{instant}/manifest</c> and <c>{instant}/records</c>, and below <c>objects/</c> the pictures of all of them, as
/// encrypted as they lie in the store. A file named in it says what it is, so that keys never come to lie beside pictures.
/// </summary>
public sealed class BackupPlace
{
    internal const string OfBackups = "photoguard-backups", OfKeys = "photoguard-keys", Manifest = "manifest", RecordsDump = "records";
    private const string Format = "yyyyMMdd'T'HHmmssfff'Z'";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private BackupPlace(string root) => Root = root;

    public string Root { get; }

    /// <summary>A place for backups of one kind, made where it is missing.</summary>
    /// <param name="kind"><see cref="OfBackups"/> or <see cref="OfKeys"/>.</param>
    /// <exception cref="RecoveryException">The place, one above or one below it holds the other kind, the ledger, or the data itself.</exception>
    internal static BackupPlace Make(string path, string kind, PhotoGuardSettings settings)
    {
        var root = Path.GetFullPath(path);
        var other = kind == OfKeys ? OfBackups : OfKeys;
        for (var folder = root; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, other))) throw TooNear(root, folder);
        if (Directory.Exists(root) && Directory.EnumerateFiles(root, other, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true }).FirstOrDefault() is { } below)
            throw TooNear(root, Path.GetDirectoryName(below)!);
        if (Holds(root, settings.Ledger) || Holds(settings.Ledger, root))
            throw new RecoveryException($"{root} and the ledger {settings.Ledger} lie in one another: the ledger has to outlive what a backup brings back.");
        if (Holds(settings.Data, root)) throw new RecoveryException($"{root} lies in the data folder: whatever takes the data takes the backup too.");
        Directory.CreateDirectory(root, OwnerOnly);
        if (!File.Exists(Path.Combine(root, kind))) File.WriteAllText(Path.Combine(root, kind), kind == OfKeys
            ? "Copies of the keys of PhotoGuard, a week at most. Never to be kept where the backups of its pictures are.\n"
            : "Backups of the records and pictures of PhotoGuard. The keys are not here and must never be.\n");
        return new(root);
    }

    /// <exception cref="RecoveryException">There is no such place.</exception>
    internal static BackupPlace Open(string path, string kind) => File.Exists(Path.Combine(path, kind))
        ? new(Path.GetFullPath(path))
        : throw new RecoveryException(kind == OfKeys ? $"{path} holds no copies of keys." : $"{path} holds no backups.");

    /// <summary>Backups by the instant they were begun, the latest first; only whole ones.</summary>
    internal IReadOnlyList<(DateTimeOffset At, string Path)> Backups() => [.. Directory.GetDirectories(Root)
        .Select(path => (At: InstantOf(Path.GetFileName(path)), Path: path))
        .Where(found => found.At is not null && File.Exists(Path.Combine(found.Path, Manifest)))
        .Select(found => (found.At!.Value, found.Path)).OrderByDescending(found => found.Value)];

    internal static string NameOf(DateTimeOffset at) => at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    internal static DateTimeOffset? InstantOf(string name) =>
        DateTimeOffset.TryParseExact(name, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static bool Holds(string outer, string inner)
    {
        var (above, below) = (Path.GetFullPath(outer).TrimEnd('/') + "/", Path.GetFullPath(inner).TrimEnd('/') + "/");
        return below.StartsWith(above, StringComparison.Ordinal);
    }

    private static RecoveryException TooNear(string root, string found) => new(
        $"Keys and pictures must not lie together: {root} and {found} are one root. Choose another disk or machine for the keys.");
}
