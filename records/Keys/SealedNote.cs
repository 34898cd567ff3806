using System.Security.Cryptography;
using System.Text;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// Something that is given out of hand for a while and comes back as it was, or is nothing: AES-256-GCM under a key derived from the root
/// key for one use (RFC 5869). 12 random bytes of nonce, the sealed bytes, the 16-byte tag.
/// </summary>
/// <param name="use">What it is for; what was sealed for another use does not open.</param>
public sealed class SealedNote(RootKey root, string use)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, root.Bytes.ToArray(), KeyWrap.KeyLength, info: Encoding.UTF8.GetBytes($"note {use}"));

    /// <param name="place">It opens for the same one only.</param>
    public byte[] Seal(ReadOnlySpan<byte> plain, string place)
    {
        var kept = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(kept.AsSpan(0, NonceLength));
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(kept.AsSpan(0, NonceLength), plain, kept.AsSpan(NonceLength, plain.Length), kept.AsSpan(NonceLength + plain.Length), Encoding.UTF8.GetBytes(place));
        return kept;
    }

    /// <returns>Null where it is not what was sealed.</returns>
    public byte[]? Open(ReadOnlySpan<byte> kept, string place)
    {
        if (kept.Length < NonceLength + TagLength) return null;
        var plain = new byte[kept.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        try
        {
            aes.Decrypt(kept[..NonceLength], kept[NonceLength..^TagLength], kept[^TagLength..], plain, Encoding.UTF8.GetBytes(place));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
