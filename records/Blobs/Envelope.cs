using System.Buffers;
using System.Security.Cryptography;

namespace PhotoGuard.Records.Blobs;

/// <summary>
/// How an object lies in the store (design.md, "Decided beforehand"): a header of 4 bytes <c>PGE1</c> and 32 random bytes, then
/// segments of 64 KiB of the picture, each followed by its 16-byte tag of AES-256-GCM. The associated data is the object's name,
/// the segment's number and whether it is the last, so that nothing can be swapped, reordered, cut off or moved to another name.
/// </summary>
/// <remarks>
/// The key of a writing is HKDF-SHA256(photo's key, salt = the random bytes, info = name). It is used for one writing only, so the
/// segment's number is nonce enough, even if one name is ever written twice.
/// </remarks>
public static class Envelope
{
    /// <summary>Bytes of a photo's key.</summary>
    public const int KeyLength = 32;

    internal const int SegmentLength = 64 * 1024;
    internal const int TagLength = 16;
    internal const int HeaderLength = 4 + SaltLength;

    internal const int SaltLength = 32;
    private static ReadOnlySpan<byte> Magic => "PGE1"u8;

    /// <summary>Bytes in the store for so many bytes of picture, 0 or more.</summary>
    public static long EncryptedLength(long plainLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(plainLength);
        return HeaderLength + plainLength + Segments(plainLength) * TagLength;
    }

    /// <summary>Encrypts an object in one pass.</summary>
    /// <param name="plain">The scrubbed bytes.</param>
    /// <param name="key">The photo's key, 32 bytes.</param>
    /// <param name="name">The name under which it will be put, see <see cref="BlobName"/>.</param>
    /// <returns>What to put; to be disposed after it was put, because its buffer is rented.</returns>
    public static EncryptedObject Encrypt(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> key, string name)
    {
        var result = new EncryptedObject(checked((int)EncryptedLength(plain.Length)));
        var target = result.Span;
        Magic.CopyTo(target);
        RandomNumberGenerator.Fill(target.Slice(Magic.Length, SaltLength));
        using var cipher = new SegmentCipher(key, target[Magic.Length..HeaderLength], name);
        target = target[HeaderLength..];

        var segments = Segments(plain.Length);
        for (long number = 0; number < segments; number++)
        {
            var length = Math.Min(plain.Length, SegmentLength);
            cipher.Seal(number, number == segments - 1, plain[..length], target[..(length + TagLength)]);
            plain = plain[length..];
            target = target[(length + TagLength)..];
        }

        return result;
    }

    /// <summary>
    /// Opens an object for reading, ranges too: decrypted segment by segment as it is read. The last segment is read at once and
    /// its tag proves the length, so that a shortened object is found before the first byte is given away.
    /// </summary>
    /// <param name="stored">The object as it lies in the store, seekable; disposed with the result, or at once on an exception.</param>
    /// <param name="key">The photo's key, 32 bytes.</param>
    /// <param name="name">The name under which it was put.</param>
    /// <param name="cancellation">Stops the opening.</param>
    /// <returns>A seekable stream of the plain bytes; reading throws <see cref="EnvelopeBrokenException"/> at the first wrong segment.</returns>
    /// <exception cref="EnvelopeBrokenException">Not such an object, not this name, not this key, or not as it was written.</exception>
    public static async Task<Stream> OpenReadAsync(Stream stored, byte[] key, string name, CancellationToken cancellation = default)
    {
        try
        {
            var plainLength = PlainLength(stored.Length) ?? throw new EnvelopeBrokenException(name);
            var header = new byte[HeaderLength];
            stored.Position = 0;
            await stored.ReadExactlyAsync(header, cancellation);
            if (!header.AsSpan().StartsWith(Magic))
                throw new EnvelopeBrokenException(name);
            var reader = new EnvelopeReader(stored, new SegmentCipher(key, header.AsSpan(Magic.Length), name), plainLength, name);
            try
            {
                await reader.LoadLastAsync(cancellation);
                return reader;
            }
            catch
            {
                await reader.DisposeAsync();
                throw;
            }
        }
        catch (Exception error)
        {
            await stored.DisposeAsync();
            if (error is EndOfStreamException)
                throw new EnvelopeBrokenException(name, error);
            throw;
        }
    }

    internal static byte[] NewHeader() => [.. Magic, .. RandomNumberGenerator.GetBytes(SaltLength)];

    /// <summary>An empty object has one empty segment, so that its emptiness is proven too.</summary>
    internal static long Segments(long plainLength) => Math.Max(1, (plainLength + SegmentLength - 1) / SegmentLength);

    private static long? PlainLength(long storedLength)
    {
        var body = storedLength - HeaderLength;
        if (body < TagLength)
            return null;
        var segments = (body + SegmentLength + TagLength - 1) / (SegmentLength + TagLength);
        var plain = body - segments * TagLength;
        return plain >= 0 && Segments(plain) == segments ? plain : null;
    }
}

/// <summary>An encrypted object in a rented buffer.</summary>
public sealed class EncryptedObject : IDisposable
{
    private readonly int length;
    private byte[]? rented;

    internal EncryptedObject(int length)
    {
        this.length = length;
        rented = ArrayPool<byte>.Shared.Rent(length);
    }

    /// <summary>The bytes to put.</summary>
    public ReadOnlyMemory<byte> Memory => Rented.AsMemory(0, length);

    internal Span<byte> Span => Rented.AsSpan(0, length);

    private byte[] Rented => rented ?? throw new ObjectDisposedException(nameof(EncryptedObject));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref rented, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}

/// <summary>A stored object is not what was written under its name with this key. Nothing of it may be given away.</summary>
public sealed class EnvelopeBrokenException(string name, Exception? cause = null)
    : IOException($"The object {name} does not open: it was changed, cut, moved, or its key is another.", cause);
