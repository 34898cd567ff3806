using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PhotoGuard.Records.Blobs;

/// <summary>AES-256-GCM over the segments of one writing of one object, see <see cref="Envelope"/>. One thread at a time.</summary>
internal sealed class SegmentCipher : IDisposable
{
    private const int NumberLength = 8;

    private readonly AesGcm aes;
    private readonly byte[] associated;

    public SegmentCipher(ReadOnlySpan<byte> photoKey, ReadOnlySpan<byte> salt, string name)
    {
        if (photoKey.Length != Envelope.KeyLength)
            throw new ArgumentException($"A photo's key has {Envelope.KeyLength} bytes.", nameof(photoKey));
        associated = new byte[Encoding.UTF8.GetByteCount(name) + NumberLength + 1];
        var info = associated.AsSpan(0, Encoding.UTF8.GetBytes(name, associated));
        Span<byte> key = stackalloc byte[Envelope.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, photoKey, key, salt, info);
        aes = new AesGcm(key, Envelope.TagLength);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Encrypts a segment into its bytes followed by its tag.</summary>
    public void Seal(long number, bool last, ReadOnlySpan<byte> plain, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[12];
        Describe(number, last, nonce);
        aes.Encrypt(nonce, plain, target[..plain.Length], target[plain.Length..], associated);
    }

    /// <summary>Decrypts a segment with its tag; throws and clears the target where the tag is wrong.</summary>
    public void Open(long number, bool last, ReadOnlySpan<byte> sealedSegment, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[12];
        Describe(number, last, nonce);
        aes.Decrypt(nonce, sealedSegment[..target.Length], sealedSegment[target.Length..], target, associated);
    }

    public void Dispose() => aes.Dispose();

    private void Describe(long number, bool last, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[^NumberLength..], number);
        BinaryPrimitives.WriteInt64BigEndian(associated.AsSpan(associated.Length - NumberLength - 1), number);
        associated[^1] = last ? (byte)1 : (byte)0;
    }
}
