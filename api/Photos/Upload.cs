using System.Buffers;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Api.Photos;

/// <summary>
/// The body of an upload, held in memory and never written anywhere before it is scrubbed (law 1). Only so many are held at once,
/// so that memory stays bounded however many iPads send.
/// </summary>
public sealed class UploadRoom(PhotoGuardSettings settings) : IDisposable
{
    private readonly SemaphoreSlim places = new(12, 12);

    /// <summary>Waits for a place, then reads the whole body. The caller disposes what it gets.</summary>
    /// <exception cref="Refusal"><c>picture-too-large</c> 413.</exception>
    public Task<Upload> ReadAsync(HttpRequest request, CancellationToken cancel) => ReadAsync(request.Body, request.ContentLength, cancel);

    /// <inheritdoc cref="ReadAsync(HttpRequest, CancellationToken)"/>
    /// <param name="promised">Its length, bytes; null where nothing says so.</param>
    public async Task<Upload> ReadAsync(Stream body, long? promised, CancellationToken cancel)
    {
        if (promised > settings.MaxUploadBytes) throw TooLarge();
        await places.WaitAsync(cancel);
        try
        {
            return await BytesAsync(body, promised, cancel);
        }
        catch
        {
            places.Release();
            throw;
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<Upload> BytesAsync(Stream body, long? promised, CancellationToken cancel)
    {
        // Grows with what arrives, not with what is promised.
        var bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(promised ?? 1_000_000, 8_000_000) + 1);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == bytes.Length) bytes = Larger(bytes);
                var read = await body.ReadAsync(bytes.AsMemory(length), cancel);
                if (read == 0) return new Upload(bytes, length, places);
                length += read;
                if (length > settings.MaxUploadBytes) throw TooLarge();
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    private static byte[] Larger(byte[] bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes.Length * 2);
        bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }

    private Refusal TooLarge()
    {
        Signals.UploadRefused("picture-too-large");
        return new("picture-too-large", 413, $"The picture is larger than {settings.MaxUploadMb} MB, the most that is taken. Send a smaller copy.");
    }
}

/// <summary>A whole upload in a rented buffer; disposing it makes room for the next, after which the bytes must not be touched.</summary>
public sealed class Upload(byte[] rented, int length, SemaphoreSlim place) : IDisposable
{
    private byte[]? held = rented;

    /// <exception cref="ObjectDisposedException">The buffer was given back.</exception>
    public ReadOnlyMemory<byte> Bytes => (held ?? throw new ObjectDisposedException(nameof(Upload))).AsMemory(0, length);

    /// <summary>Harmless when repeated.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref held, null) is not { } buffer) return;
        ArrayPool<byte>.Shared.Return(buffer);
        place.Release();
    }
}
