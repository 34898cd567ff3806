using System.Globalization;
using System.Security.Cryptography;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// The secrets of epochs: 32 random bytes each, in files of mode 0600 beside the root key. They are in no database, so that
/// overwriting one is the end of everything that was wrapped under it. Several machines need this folder in common.
/// </summary>
/// <param name="root">Whose folder it is.</param>
internal sealed class EpochFiles(RootKey root)
{
    private readonly string folder = Path.GetDirectoryName(root.Description)!;

    /// <summary>The key that wraps schools' keys in an epoch: the root key's in the first, 0, which has no secret of its own.</summary>
    /// <returns>32 bytes; null where the epoch is over.</returns>
    public byte[]? WrappingKey(int epoch)
    {
        if (epoch == 0)
            return root.Bytes.ToArray();
        try
        {
            var secret = File.ReadAllBytes(PathOf(epoch));
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, root.Bytes.ToArray(), KeyWrap.KeyLength, salt: secret, info: "epoch"u8.ToArray());
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes an epoch's secret durable; keeps the one that an earlier try made.</summary>
    public void Make(int epoch)
    {
        if (!File.Exists(PathOf(epoch)))
            SecretFile.Create(PathOf(epoch), RandomNumberGenerator.GetBytes(KeyWrap.KeyLength));
    }

    /// <summary>Overwrites and deletes the secrets of all epochs before one. Harmless when repeated.</summary>
    public void DestroyBefore(int epoch)
    {
        foreach (var path in Directory.GetFiles(folder, $"{Name}*").Where(path => NumberOf(path) is { } number && number < epoch))
        {
            // In the same blocks; what a worn SSD keeps of them is beyond a program's reach (docs/threat-model.md).
            using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
            {
                file.Write(RandomNumberGenerator.GetBytes((int)file.Length));
                Posix.SyncFile(file);
            }
            File.Delete(path);
        }
        Posix.SyncFolder(folder);
    }

    private string Name => Path.GetFileName(root.Description) + ".epoch-";

    private string PathOf(int epoch) => Path.Combine(folder, Name + epoch.ToString(CultureInfo.InvariantCulture));

    private int? NumberOf(string path) =>
        int.TryParse(Path.GetFileName(path).AsSpan(Name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
