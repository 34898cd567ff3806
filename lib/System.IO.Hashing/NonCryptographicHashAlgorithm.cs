namespace System.IO.Hashing;

/// <summary>
/// The one type of System.IO.Hashing that Azure.Storage.Common 12.16 touches: its CRC-64 derives from this class.
/// Shapes and exceptions follow the public documentation of the package's type of the same name.
/// </summary>
public abstract class NonCryptographicHashAlgorithm
{
    /// <param name="hashLengthInBytes">Length of the finished hash, 1 or more.</param>
    protected NonCryptographicHashAlgorithm(int hashLengthInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashLengthInBytes, 1);
        HashLengthInBytes = hashLengthInBytes;
    }

    /// <summary>Length of the finished hash in bytes.</summary>
    public int HashLengthInBytes { get; }

    /// <summary>Takes more input.</summary>
    public abstract void Append(ReadOnlySpan<byte> source);

    /// <summary>Forgets all input.</summary>
    public abstract void Reset();

    /// <summary>Writes the hash of the input so far; <paramref name="destination"/> has exactly the hash's length.</summary>
    protected abstract void GetCurrentHashCore(Span<byte> destination);

    /// <summary>Writes the hash and forgets all input.</summary>
    protected virtual void GetHashAndResetCore(Span<byte> destination)
    {
        GetCurrentHashCore(destination);
        Reset();
    }

    /// <inheritdoc cref="Append(ReadOnlySpan{byte})"/>
    public void Append(byte[] source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Append(source.AsSpan());
    }

    /// <summary>Takes all that is left in <paramref name="stream"/>.</summary>
    public void Append(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new byte[16 * 1024];
        for (int read; (read = stream.Read(buffer)) > 0;) Append(buffer.AsSpan(0, read));
    }

    /// <inheritdoc cref="Append(Stream)"/>
    public async Task AppendAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            Append(buffer.AsSpan(0, read));
    }

    /// <summary>The hash of the input so far.</summary>
    public byte[] GetCurrentHash()
    {
        var hash = new byte[HashLengthInBytes];
        GetCurrentHashCore(hash);
        return hash;
    }

    /// <summary>Writes the hash of the input so far.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int GetCurrentHash(Span<byte> destination) =>
        TryGetCurrentHash(destination, out var written) ? written : throw TooShort(nameof(destination));

    /// <summary>Writes the hash of the input so far; false where the destination is too short.</summary>
    public bool TryGetCurrentHash(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (destination.Length < HashLengthInBytes) return false;
        GetCurrentHashCore(destination[..HashLengthInBytes]);
        bytesWritten = HashLengthInBytes;
        return true;
    }

    /// <summary>The hash; all input is forgotten.</summary>
    public byte[] GetHashAndReset()
    {
        var hash = new byte[HashLengthInBytes];
        GetHashAndResetCore(hash);
        return hash;
    }

    /// <summary>Writes the hash and forgets all input.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int GetHashAndReset(Span<byte> destination) =>
        TryGetHashAndReset(destination, out var written) ? written : throw TooShort(nameof(destination));

    /// <summary>Writes the hash and forgets all input; false where the destination is too short.</summary>
    public bool TryGetHashAndReset(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (destination.Length < HashLengthInBytes) return false;
        GetHashAndResetCore(destination[..HashLengthInBytes]);
        bytesWritten = HashLengthInBytes;
        return true;
    }

    private static ArgumentException TooShort(string parameter) => new("Shorter than the hash.", parameter);
}
