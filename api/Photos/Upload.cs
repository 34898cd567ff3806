using System.Security.Cryptography;
using PhotoGuard.Records.Store;

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
            return new Upload(await BytesAsync(body, promised, cancel), places);
        }
        catch
        {
            places.Release();
            throw;
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<ReadOnlyMemory<byte>> BytesAsync(Stream body, long? promised, CancellationToken cancel)
    {
        // Grows with what arrives, not with what is promised.
        var bytes = new byte[Math.Min(promised ?? 1_000_000, 8_000_000) + 1];
        var length = 0;
        while (true)
        {
            if (length == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 2L, settings.MaxUploadBytes + 1L));
            var read = await body.ReadAsync(bytes.AsMemory(length), cancel);
            if (read == 0) return bytes.AsMemory(0, length);
            length += read;
            if (length > settings.MaxUploadBytes) throw TooLarge();
        }
    }

    private Refusal TooLarge() => new(
        "picture-too-large", 413, $"The picture is larger than {settings.MaxUploadMb} MB, the most that is taken. Send a smaller copy.");
}

/// <summary>A whole upload; disposing it makes room for the next.</summary>
public sealed class Upload(ReadOnlyMemory<byte> bytes, SemaphoreSlim place) : IDisposable
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public byte[] Sha256() => SHA256.HashData(Bytes.Span);

    public void Dispose() => place.Release();
}
