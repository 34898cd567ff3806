using System.Security.Cryptography;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// A 32-byte key wrapped by another: a version byte, 12 random bytes of nonce, the encrypted key and its 16-byte tag of AES-256-GCM.
/// The associated data says whose key it is, so that a wrapped key opens in its own place only.
/// </summary>
internal static class KeyWrap
{
    public const int KeyLength = 32;
    public const int WrappedLength = 1 + NonceLength + KeyLength + TagLength;

    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key, ReadOnlySpan<byte> whose)
    {
        var wrapped = new byte[WrappedLength];
        wrapped[0] = Version;
        var nonce = wrapped.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(wrappingKey, TagLength);
        aes.Encrypt(nonce, key, wrapped.AsSpan(1 + NonceLength, KeyLength), wrapped.AsSpan(1 + NonceLength + KeyLength), whose);
        return wrapped;
    }

    /// <summary>Null where the wrapping key is another, or the wrapped key was changed or belongs elsewhere.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> whose)
    {
        if (wrapped.Length != WrappedLength || wrapped[0] != Version)
            return null;
        var key = new byte[KeyLength];
        using var aes = new AesGcm(wrappingKey, TagLength);
        try
        {
            aes.Decrypt(
                wrapped.Slice(1, NonceLength),
                wrapped.Slice(1 + NonceLength, KeyLength),
                wrapped[(1 + NonceLength + KeyLength)..],
                key,
                whose);
            return key;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
