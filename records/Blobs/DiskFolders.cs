using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Records.Blobs;

/// <summary>The folders of a <see cref="DiskBlobStore"/>: <c>photos/</c> with a folder for each photo and generation, and <c>.tmp/</c>.</summary>
internal sealed class DiskFolders(string root)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string objects = Path.Combine(root, BlobName.Root.TrimEnd('/'));

    /// <summary>Absolute path of the store.</summary>
    public string Root => root;

    /// <summary>Where objects are written before they get their name; on the same file system.</summary>
    public string Temp { get; } = Path.Combine(root, ".tmp");

    public void Prepare()
    {
        Directory.CreateDirectory(root, Mode);
        Directory.CreateDirectory(Temp, Mode);
        Directory.CreateDirectory(objects, Mode);
        Posix.SyncFolder(root);
    }

    /// <summary>Where an object or folder with a checked name lies.</summary>
    public string PathOf(string name) => Path.Combine(root, name.TrimEnd('/'));

    public bool Exists(string path)
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
    public void ExpectRoot()
    {
        if (!Directory.Exists(objects))
            throw new BlobStoreUnavailableException($"The blob folder {root} is gone or cannot be read.");
    }

    /// <summary>Makes the folder of an object, each with mode 0700.</summary>
    public void Make(string folder)
    {
        // One by one, because .NET gives the mode to the last one only.
        if (Directory.Exists(folder))
            return;
        if (Path.GetDirectoryName(folder) is { } above && above != objects)
            Make(above);
        try
        {
            Directory.CreateDirectory(folder, Mode);
        }
        catch (DirectoryNotFoundException)
        {
            // The one above was removed meanwhile; the renaming finds out.
        }
    }

    /// <summary>Every folder down to the object may be new, or made a moment ago by a writer who has not synced it yet.</summary>
    public void SyncAbove(string path)
    {
        var folder = path;
        do
        {
            folder = Path.GetDirectoryName(folder)!;
            Posix.SyncFolder(folder);
        }
        while (folder != objects);
    }

    /// <summary>Removes what a deletion left empty, and makes the deletion survive a power cut.</summary>
    public void RemoveEmpty(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (folder != objects && RemovedEmpty(folder))
            folder = Path.GetDirectoryName(folder)!;
        SyncNearest(folder);
    }

    /// <summary>Opens <c>photos/</c> as it is mounted now: a store that is not there does not pass for one from which everything is gone.</summary>
    public SafeFileHandle OpenObjects() => Posix.OpenFolder(objects);

    /// <summary>Makes what was removed from <c>photos/</c> survive a power cut.</summary>
    public bool SyncObjects(SafeFileHandle open)
    {
        Posix.SyncFolder(open, objects);
        return true;
    }

    /// <summary>Deletes everything of a photo, its folder too.</summary>
    /// <returns>Objects known or found.</returns>
    public int Delete(SafeFileHandle open, BlobFolder folder)
    {
        var names = folder.Known.Select(BlobName.Checked).ToHashSet();
        var photo = Below(BlobName.CheckedFolder(folder.Prefix).TrimEnd('/'));
        foreach (var name in names) Posix.Delete(open, Below(name));
        foreach (var generation in names.Select(name => Below(name[..name.LastIndexOf('/')])).Distinct()) Posix.RemoveFolder(open, generation);
        if (Posix.RemoveFolder(open, photo)) return names.Count;

        // Something was there that nobody knew of.
        foreach (var file in FilesBelow(PathOf(folder.Prefix)))
        {
            var name = Path.GetRelativePath(root, file.FullName);
            Posix.Delete(open, Below(name));
            names.Add(name);
        }
        foreach (var empty in Directory.EnumerateDirectories(PathOf(folder.Prefix))) Posix.RemoveFolder(open, Below(Path.GetRelativePath(root, empty)));
        return Posix.RemoveFolder(open, photo)
            ? names.Count
            : throw new BlobStoreUnavailableException($"The folder {folder.Prefix} was emptied and still holds something.");
    }

    /// <summary>What is left of a photo; an empty folder counts, since it was to go too.</summary>
    public int CountLeft(SafeFileHandle open, BlobFolder folder) =>
        Posix.IsThere(open, Below(BlobName.CheckedFolder(folder.Prefix).TrimEnd('/'))) ? Math.Max(1, FilesBelow(PathOf(folder.Prefix)).Count()) : 0;

    private static string Below(string name) => name[BlobName.Root.Length..];

    /// <summary>All files below a folder; none where it is absent. What others delete meanwhile is left out.</summary>
    public IEnumerable<FileInfo> FilesBelow(string folder)
    {
        try
        {
            return new DirectoryInfo(folder)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = 0 })
                .Where(file => file.Exists);
        }
        catch (DirectoryNotFoundException)
        {
            ExpectRoot();
            return [];
        }
    }

    private void SyncNearest(string folder)
    {
        while (true)
        {
            try
            {
                Posix.SyncFolder(folder);
                return;
            }
            catch (PosixException error) when (error.HResult == Posix.NoSuchFile && folder != objects)
            {
                // Another deletion beside us removed it as well; then the one above has to remember that.
                folder = Path.GetDirectoryName(folder)!;
            }
        }
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
}
