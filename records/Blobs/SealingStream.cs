using System.Security.Cryptography;

namespace PhotoGuard.Records.Blobs;

/// <summary>Writes an <see cref="Envelope"/> of any length as it comes. <see cref="EndAsync"/> makes it whole; without it, it opens with nothing.</summary>
internal sealed class SealingStream(Stream target, byte[] key, string name) : Stream
{
    private readonly byte[] segment = new byte[Envelope.SegmentLength];
    private readonly byte[] sealedSegment = new byte[Envelope.SegmentLength + Envelope.TagLength];
    private SegmentCipher? cipher;
    private long number;
    private int filled;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            // A full segment is sealed only once more comes: the last one says that it is the last.
            if (filled == segment.Length) await SealAsync(last: false, cancellationToken);
            var length = Math.Min(buffer.Length, segment.Length - filled);
            buffer[..length].CopyTo(segment.AsMemory(filled));
            filled += length;
            buffer = buffer[length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public Task EndAsync(CancellationToken cancel) => SealAsync(last: true, cancel);

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        cipher?.Dispose();
        CryptographicOperations.ZeroMemory(segment);
        base.Dispose(disposing);
    }

    private async Task SealAsync(bool last, CancellationToken cancel)
    {
        if (cipher is null)
        {
            var header = Envelope.NewHeader();
            cipher = new SegmentCipher(key, header.AsSpan(^Envelope.SaltLength..), name);
            await target.WriteAsync(header, cancel);
        }
        cipher.Seal(number++, last, segment.AsSpan(0, filled), sealedSegment.AsSpan(0, filled + Envelope.TagLength));
        await target.WriteAsync(sealedSegment.AsMemory(0, filled + Envelope.TagLength), cancel);
        filled = 0;
    }
}
