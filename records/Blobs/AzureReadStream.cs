namespace PhotoGuard.Records.Blobs;

/// <summary>Reading of a blob, whose later requests fail as the first one does: in this house's words.</summary>
internal sealed class AzureReadStream(
    Stream inner, string name, Func<Exception, CancellationToken, BlobStoreUnavailableException?> told) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Azure.RequestFailedException error) when (error.Status is 404 or 412)
        {
            // Deleted under our hands.
            throw new BlobNotFoundException(name);
        }
        catch (Exception error) when (told(error, cancellationToken) is { } unavailable)
        {
            throw unavailable;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
