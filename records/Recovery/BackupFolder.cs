using System.Security.Cryptography;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>Backups in a folder, of another disk or machine at best.</summary>
internal sealed class BackupFolder(string path) : BackupPlace
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Making = ".making";

    private readonly string root = Path.GetFullPath(path);

    public override string Name => root;

    /// <exception cref="RecoveryException">It, one above or one below it holds the other kind, the ledger, or the data itself.</exception>
    public static BackupFolder Make(string path, BackupOf what, PhotoGuardSettings settings)
    {
        var root = Path.GetFullPath(path);
        var other = MarkOf(what == BackupOf.Keys ? BackupOf.Records : BackupOf.Keys);
        for (var folder = root; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, other))) throw TooNear(root, folder);
        if (Directory.Exists(root) && Directory.EnumerateFiles(root, other, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true }).FirstOrDefault() is { } below)
            throw TooNear(root, Path.GetDirectoryName(below)!);
        if (Holds(root, settings.Ledger) || Holds(settings.Ledger, root))
            throw new RecoveryException($"{root} and the ledger {settings.Ledger} lie in one another: the ledger has to outlive what a backup brings back.");
        if (Holds(settings.Data, root)) throw new RecoveryException($"{root} lies in the data folder: whatever takes the data takes the backup too.");
        Directory.CreateDirectory(root, OwnerOnly);
        return new(root);
    }

    internal override async Task WriteAsync(string name, Func<Stream, Task> fill, CancellationToken cancel)
    {
        var (path, folder) = (PathOf(name), Path.GetDirectoryName(PathOf(name))!);
        if (folder != root) Directory.CreateDirectory(folder, OwnerOnly);
        await using (var file = new FileStream(path + Making, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous,
        }))
        {
            await fill(file);
            Posix.SyncFile(file);
        }
        File.Move(path + Making, path, overwrite: true);
        Posix.SyncFolder(folder);
    }

    internal override Task<Stream?> OpenAsync(string name, CancellationToken cancel)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous));
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    internal override Task<bool> ExistsAsync(string name, CancellationToken cancel) => Task.FromResult(File.Exists(PathOf(name)));

    internal override Task<IReadOnlyList<string>> TopAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>([.. Directory.EnumerateFileSystemEntries(root).Select(entry => Path.GetFileName(entry))]);

    internal override async IAsyncEnumerable<string> BelowAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        if (!Directory.Exists(PathOf(folder))) yield break;
        foreach (var file in Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories)) yield return Path.GetRelativePath(root, file);
    }

    internal override Task DeleteAsync(string name, CancellationToken cancel)
    {
        if (File.Exists(PathOf(name))) File.Delete(PathOf(name));
        return Task.CompletedTask;
    }

    /// <summary>Overwritten in its blocks first, like the secrets of epochs.</summary>
    internal override Task DestroyAsync(string name, CancellationToken cancel)
    {
        using (var file = new FileStream(PathOf(name), FileMode.Open, FileAccess.Write))
        {
            var random = new byte[1 << 16];
            for (var left = file.Length; left > 0; left -= random.Length)
            {
                RandomNumberGenerator.Fill(random);
                file.Write(random, 0, (int)Math.Min(left, random.Length));
            }
            Posix.SyncFile(file);
        }
        return DeleteAsync(name, cancel);
    }

    internal override void Tidy(string folder)
    {
        if (!Directory.Exists(PathOf(folder))) return;
        foreach (var inner in Directory.EnumerateDirectories(PathOf(folder), "*", SearchOption.AllDirectories).OrderByDescending(inner => inner.Length).Append(PathOf(folder)))
            if (!Directory.EnumerateFileSystemEntries(inner).Any()) Directory.Delete(inner);
    }

    private string PathOf(string name) => Path.Combine(root, name);

    private static bool Holds(string outer, string inner)
    {
        var (above, below) = (Path.GetFullPath(outer).TrimEnd('/') + "/", Path.GetFullPath(inner).TrimEnd('/') + "/");
        return below.StartsWith(above, StringComparison.Ordinal);
    }
}
