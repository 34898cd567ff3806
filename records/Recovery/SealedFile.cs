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
    /// <param name="path">Its name, without the folder, is bound to the content.</param>
    public async Task WriteAsync(string path, Func<Stream, Task> fill, CancellationToken cancel)
    {
        var making = $"{path}.making";
        await using (var file = new FileStream(making, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, Options = FileOptions.Asynchronous,
        }))
        {
            await using (var sealing = new SealingStream(file, key, Path.GetFileName(path)))
            {
                await fill(sealing);
                await sealing.EndAsync(cancel);
            }
            Posix.SyncFile(file);
        }
        File.Move(making, path, overwrite: true);
        Posix.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Opens a file; reading it throws at the first wrong byte.</summary>
    /// <exception cref="EnvelopeBrokenException">Not such a file, changed, cut, renamed, or of another root key.</exception>
    public Task<Stream> OpenAsync(string path, CancellationToken cancel) => Envelope.OpenReadAsync(
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous), key, Path.GetFileName(path), cancel);
}
