using System.Security.Cryptography;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Recovery;

/// <summary>
/// A file of a backup: encrypted and held together like an object of the store (<see cref="Envelope"/>), under a key that the root key
/// gives for this purpose alone. Whoever has the backup and not the root key has nothing; a changed byte, a cut end or another file
/// in its place is found before anything of it is used.
/// </summary>
public sealed class SealedFile(RootKey root)
{
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, root.Bytes.ToArray(), KeyWrap.KeyLength, info: "backup"u8.ToArray());

    /// <summary>Writes what <paramref name="fill"/> writes; the file is there whole and durable, or not at all.</summary>
    /// <param name="name">Its last part, without the folder, is bound to the content.</param>
    public Task WriteAsync(BackupPlace place, string name, Func<Stream, Task> fill, CancellationToken cancel) => place.WriteAsync(name, async file =>
    {
        await using var sealing = new SealingStream(file, key, Path.GetFileName(name));
        await fill(sealing);
        await sealing.EndAsync(cancel);
    }, cancel);

    /// <summary>Opens a file; reading it throws at the first wrong byte.</summary>
    /// <exception cref="EnvelopeBrokenException">Absent, not such a file, changed, cut, renamed, or of another root key.</exception>
    public async Task<Stream> OpenAsync(BackupPlace place, string name, CancellationToken cancel) => await place.OpenAsync(name, cancel) is { } file
        ? await Envelope.OpenReadAsync(file, key, Path.GetFileName(name), cancel)
        : throw new EnvelopeBrokenException(name);
}
