using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PhotoGuard.Records.Holds;

/// <summary>
/// A file that opens with a passphrase alone: <c>PGSEAL01</c>, the iterations (4 bytes, big-endian), 16 bytes of salt, 12 of nonce, the
/// content, a tag of 16. Content and tag are AES-256-GCM with the first 40 bytes as associated data; the key is PBKDF2 with
/// HMAC-SHA-256 of the passphrase (docs/formats.md).
/// </summary>
public static class SealedFile
{
    public const int SaltLength = 16;
    private const int Iterations = 600_000, MostIterations = 10_000_000;
    private const int NonceLength = 12, TagLength = 16, KeyLength = 32, SaltAt = 12, NonceAt = SaltAt + SaltLength, HeadLength = NonceAt + NonceLength;

    /// <summary>Letters and digits that nobody takes for one another.</summary>
    private const string Letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";

    private static ReadOnlySpan<byte> Mark => "PGSEAL01"u8;

    /// <summary>Seven groups of five of 32 letters: 175 bits.</summary>
    public static string NewPassphrase() =>
        string.Join('-', Enumerable.Range(0, 7).Select(_ => RandomNumberGenerator.GetString(Letters, 5)));

    /// <summary>32 bytes. Case, spaces and hyphens of the passphrase do not count, since people copy it by hand.</summary>
    public static byte[] KeyOf(string passphrase, ReadOnlySpan<byte> salt, int iterations = Iterations) => Rfc2898DeriveBytes.Pbkdf2(
        Encoding.ASCII.GetBytes(string.Concat(passphrase.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant()), salt, iterations, HashAlgorithmName.SHA256, KeyLength);

    public static byte[] Seal(ReadOnlySpan<byte> content, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        var file = new byte[HeadLength + content.Length + TagLength];
        Mark.CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(Mark.Length), Iterations);
        salt.CopyTo(file.AsSpan(SaltAt, SaltLength));
        var nonce = file.AsSpan(NonceAt, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(nonce, content, file.AsSpan(HeadLength, content.Length), file.AsSpan(HeadLength + content.Length), file.AsSpan(0, HeadLength));
        return file;
    }

    /// <summary>The content; null where the passphrase is another, or the file was changed or is none of these.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> file, string passphrase)
    {
        if (file.Length < HeadLength + TagLength || !file.StartsWith(Mark)) return null;
        var iterations = BinaryPrimitives.ReadInt32BigEndian(file[Mark.Length..]);
        if (iterations is < 1 or > MostIterations) return null;
        var content = new byte[file.Length - HeadLength - TagLength];
        using var aes = new AesGcm(KeyOf(passphrase, file.Slice(SaltAt, SaltLength), iterations), TagLength);
        try
        {
            aes.Decrypt(file.Slice(NonceAt, NonceLength), file[HeadLength..^TagLength], file[^TagLength..], content, file[..HeadLength]);
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
