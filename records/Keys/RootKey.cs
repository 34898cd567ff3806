using System.Security.Cryptography;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// The key above all others: 32 bytes in a file of mode 0600, outside every database. Whoever loses it loses every picture; it
/// belongs in a backup of its own, see docs/operations.md.
/// </summary>
public sealed class RootKey
{
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
            SecretFile.Create(path, RandomNumberGenerator.GetBytes(KeyWrap.KeyLength));
        if ((File.GetUnixFileMode(path) & ~(SecretFile.OwnerOnly | UnixFileMode.UserExecute)) != 0)
            throw new KeyStoreException($"The root key {path} can be read by others: run chmod 600 on it, and ask who read it.");
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == KeyWrap.KeyLength
            ? new(bytes, path)
            : throw new KeyStoreException($"{path} is not a root key: it has {bytes.Length} bytes instead of {KeyWrap.KeyLength}.");
    }
}
