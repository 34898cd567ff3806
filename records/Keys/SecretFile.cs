using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Records.Keys;

/// <summary>A file of mode 0600 that is there whole or not at all, power cuts included.</summary>
internal static class SecretFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes it, and its folder; leaves it alone where another process was first.</summary>
    public static void Create(string path, ReadOnlySpan<byte> secret)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var written = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(written, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            file.Write(secret);
            Posix.SyncFile(file);
        }

        try
        {
            Posix.RenameNew(written, path);
            Posix.SyncFolder(folder);
        }
        catch (PosixException error) when (error.HResult == Posix.Exists)
        {
            // The other one's counts.
            File.Delete(written);
        }
    }
}
