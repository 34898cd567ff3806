using System.Buffers.Binary;
using System.Security.Cryptography;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Ingest.Photos;

/// <summary>
/// By which a school knows a picture again: 32 bytes over the coded picture alone, whatever its metadata, that mean nothing to who
/// does not hold the school's key.
/// </summary>
/// <remarks>
/// A universal hash under a pseudo-random function (Wegman and Carter): AES-GMAC (NIST SP 800-38D) over each coded part, HMAC-SHA-256
/// over those tags, which are shown to nobody. HMAC over the picture itself would do, at seven times the price and a sixth of an
/// upload's processor time.
/// </remarks>
public static class CodedDigest
{
    private const int KeyLength = 32, TagLength = 16;

    /// <param name="schoolKey">32 bytes, the school's key for this purpose.</param>
    public static byte[] Of(ScrubbedPicture picture, ReadOnlySpan<byte> schoolKey)
    {
        Span<byte> keys = stackalloc byte[2 * KeyLength], nonce = stackalloc byte[12], tag = stackalloc byte[TagLength];
        HKDF.Expand(HashAlgorithmName.SHA256, schoolKey, keys, "coded-digest"u8);
        using var parts = new AesGcm(keys[..KeyLength], TagLength);
        using var whole = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys[KeyLength..]);
        nonce.Clear();
        var number = 0;
        foreach (var range in picture.CodedRanges)
        {
            // Numbered, so that parts in another order are another picture. No tag leaves, so that a nonce may come again.
            BinaryPrimitives.WriteInt32BigEndian(nonce, number++);
            parts.Encrypt(nonce, plaintext: [], ciphertext: [], tag, associatedData: picture.Bytes.Span[range]);
            whole.AppendData(tag);
        }

        return whole.GetHashAndReset();
    }
}
