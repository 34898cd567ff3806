using System.Security.Cryptography;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// The key above all others: 32 bytes in a file of mode 0600, outside every database. Whoever loses it loses every picture; it
/// belongs in a backup of its own, see docs/operations.md.
/// </summary>
public sealed class RootKey
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly byte[] bytes;

    private RootKey(byte[] bytes, string description)
    {
        this.bytes = bytes;
        Description = description;
    }

    /// <summary>Where it came from, for messages.</summary>
    public string Description { get; }

    internal ReadOnlySpan<byte> Bytes => bytes;

    /// <summary>Reads the file, or makes it with a new random key where there is none.</summary>
    /// <exception cref="KeyStoreException">The file is not a root key, or others may read it.</exception>
    public static RootKey LoadOrCreate(string path)
    {
        path = Path.GetFullPath(path);
        if (!File.Exists(path))
            Create(path);
        if ((File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
            throw new KeyStoreException($"The root key {path} can be read by others: run chmod 600 on it, and ask who read it.");
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == KeyWrap.KeyLength
            ? new(bytes, path)
            : throw new KeyStoreException($"{path} is not a root key: it has {bytes.Length} bytes instead of {KeyWrap.KeyLength}.");
    }

    private static void Create(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var written = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(written, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyWrap.KeyLength));
            file.Flush(flushToDisk: true);
        }

        try
        {
            Posix.RenameNew(written, path);
            Posix.SyncFolder(folder);
        }
        catch (PosixException error) when (error.HResult == Posix.Exists)
        {
            // Another process was first; its key counts.
            File.Delete(written);
        }
    }
}
