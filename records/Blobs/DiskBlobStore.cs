using System.Runtime.CompilerServices;

namespace PhotoGuard.Records.Blobs;

/// <summary>
/// Objects as files below one folder. Written to <c>.tmp/</c> in the same root, made durable, then renamed, so that a crash
/// leaves a whole object or none (and at most a temporary file, swept). Folders are 0700 and files 0600.
/// </summary>
/// <remarks>
/// The system calls block, and waiting for the disk is most of their time: they run on threads of their own, because the thread
/// pool grows too slowly when all its threads wait.
/// </remarks>
public sealed class DiskBlobStore : IBlobStore
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan TempAge = TimeSpan.FromHours(1);

    private readonly string root;
    private readonly string objects;
    private readonly string temp;

    /// <summary>Opens the store and creates its folders where they are absent.</summary>
    /// <param name="root">A folder of its own, on a file system that keeps what fsync promised.</param>
    /// <exception cref="BlobStoreUnavailableException">The folder cannot be made.</exception>
    public DiskBlobStore(string root)
    {
        this.root = Path.GetFullPath(root);
        objects = Path.Combine(this.root, BlobName.Root.TrimEnd('/'));
        temp = Path.Combine(this.root, ".tmp");
        Told(() =>
        {
            Directory.CreateDirectory(this.root, FolderMode);
            Directory.CreateDirectory(temp, FolderMode);
            Directory.CreateDirectory(objects, FolderMode);
            Posix.SyncFolder(this.root);
            return 0;
        });
    }

    /// <inheritdoc/>
    public string Description => $"folder {root}";

    /// <inheritdoc/>
    public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        var path = PathOf(BlobName.Checked(name));
        return OnOwnThread(() => Put(name, path, content.Span), cancellation);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(string name, CancellationToken cancellation = default)
    {
        var path = PathOf(BlobName.Checked(name));
        return Task.FromResult(Told<Stream>(() =>
        {
            try
            {
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Read,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    Options = FileOptions.Asynchronous,
                    BufferSize = 0,
                });
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                ExpectRoot();
                throw new BlobNotFoundException(name);
            }
        }));
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellation = default)
    {
        var path = PathOf(BlobName.Checked(name));
        return OnOwnThread(() => Delete(path), cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellation = default)
    {
        var path = PathOf(BlobName.Checked(name));
        return Task.FromResult(Told(() => Exists(path)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var folder = PathOf(BlobName.CheckedFolder(prefix));
        await Task.CompletedTask;
        if (!Told(() => Exists(folder)))
            yield break;
        using var entries = Told(() => Walk(folder).GetEnumerator());
        while (Told(entries.MoveNext))
        {
            cancellation.ThrowIfCancellationRequested();
            var entry = entries.Current;
            yield return entry with { Name = Path.GetRelativePath(root, entry.Name) };
        }
    }

    /// <summary>Deletes what crashed writers left behind more than an hour ago.</summary>
    /// <returns>How many files.</returns>
    /// <exception cref="BlobStoreUnavailableException">The folder cannot be read.</exception>
    public Task<int> SweepTempAsync(TimeProvider time, CancellationToken cancellation = default)
    {
        var before = (time.GetUtcNow() - TempAge).UtcDateTime;
        return OnOwnThread(() =>
        {
            var left = new DirectoryInfo(temp).EnumerateFiles().Where(file => file.LastWriteTimeUtc < before).ToList();
            left.ForEach(file => file.Delete());
            if (left.Count > 0)
                Posix.SyncFolder(temp);
            return left.Count;
        }, cancellation);
    }

    private int Put(string name, string path, ReadOnlySpan<byte> content)
    {
        ExpectRoot();
        if (Exists(path))
            throw new BlobExistsException(name);
        var written = Path.Combine(temp, Guid.NewGuid().ToString("N"));
        var renamed = false;
        try
        {
            Write(written, content);
            Rename(name, written, path);
            renamed = true;
            SyncFolders(path);
            return 0;
        }
        catch (Exception error) when (error is not BlobExistsException)
        {
            // What is not known to be durable is not left lying as if it were.
            TryDelete(renamed ? path : written);
            throw;
        }
        catch (BlobExistsException)
        {
            TryDelete(written);
            throw;
        }
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        RandomAccess.Write(file.SafeFileHandle, content, 0);
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }

    private void Rename(string name, string written, string path)
    {
        // A deletion beside us may remove the folder while it is still empty; then it is made again.
        for (var attempt = 0; ; attempt++)
        {
            MakeFolder(Path.GetDirectoryName(path)!);
            try
            {
                Posix.RenameNew(written, path);
                return;
            }
            catch (PosixException error) when (error.HResult == Posix.Exists)
            {
                throw new BlobExistsException(name);
            }
            catch (PosixException error) when (error.HResult == Posix.NoSuchFile && attempt < 100)
            {
            }
        }
    }

    private void MakeFolder(string folder)
    {
        // One by one, because .NET gives the mode to the last one only.
        if (Directory.Exists(folder))
            return;
        if (Path.GetDirectoryName(folder) is { } above && above != objects)
            MakeFolder(above);
        try
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
        catch (DirectoryNotFoundException)
        {
            // The one above was removed meanwhile; the renaming finds out.
        }
    }

    /// <summary>Every folder down to the object may be new, or made a moment ago by a writer who has not synced it yet.</summary>
    private void SyncFolders(string path)
    {
        var folder = path;
        do
        {
            folder = Path.GetDirectoryName(folder)!;
            Posix.SyncFolder(folder);
        }
        while (folder != objects);
    }

    private bool Delete(string path)
    {
        if (!Exists(path))
            return false;
        File.Delete(path);
        var folder = Path.GetDirectoryName(path)!;
        while (folder != objects && RemovedEmpty(folder))
            folder = Path.GetDirectoryName(folder)!;
        Posix.SyncFolder(folder);
        return true;
    }

    private static bool RemovedEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private bool Exists(string path)
    {
        try
        {
            // File.Exists would take every error for absence.
            _ = File.GetAttributes(path);
            return true;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            ExpectRoot();
            return false;
        }
    }

    /// <summary>A disk that is not mounted must not pass for a store from which everything is gone.</summary>
    private void ExpectRoot()
    {
        if (!Directory.Exists(objects))
            throw new BlobStoreUnavailableException($"The blob folder {root} is gone or cannot be read.");
    }

    private static IEnumerable<BlobEntry> Walk(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = false,
            AttributesToSkip = 0,
        }))
        {
            if (entry is FileInfo { Exists: true } file)
                yield return new(file.FullName, file.Length, new(file.LastWriteTimeUtc, TimeSpan.Zero));
        }
    }

    private string PathOf(string name) => Path.Combine(root, name.TrimEnd('/'));

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell; the sweep finds the rest.
        }
    }

    private Task<T> OnOwnThread<T>(Func<T> work, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Told(work), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private T Told<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is UnauthorizedAccessException or (IOException and not BlobStoreUnavailableException))
        {
            throw error.HResult is Posix.NoSpace or Posix.QuotaUsedUp
                ? new BlobStoreFullException($"The blob folder {root} is full.", error)
                : new BlobStoreUnavailableException($"The blob folder {root} cannot be used now: {error.Message}", error);
        }
    }
}
