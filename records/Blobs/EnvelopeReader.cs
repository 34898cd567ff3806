using System.Buffers;
using System.Security.Cryptography;

namespace PhotoGuard.Records.Blobs;

/// <summary>The plain bytes of a stored object; holds one decrypted segment at a time. See <see cref="Envelope.OpenReadAsync"/>.</summary>
internal sealed class EnvelopeReader(Stream stored, SegmentCipher cipher, long length, string name) : Stream
{
    private const int SealedLength = Envelope.SegmentLength + Envelope.TagLength;

    private readonly byte[] fromStore = ArrayPool<byte>.Shared.Rent(SealedLength);
    private readonly byte[] segment = ArrayPool<byte>.Shared.Rent(Envelope.SegmentLength);
    private long current = -1;
    private long position;
    private bool disposed;

    public override bool CanRead => !disposed;

    public override bool CanSeek => !disposed;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            position = value;
        }
    }

    public ValueTask LoadLastAsync(CancellationToken cancellation) => LoadAsync(Envelope.Segments(length) - 1, cancellation);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (AtEnd(buffer.Length))
            return 0;
        await LoadAsync(position / Envelope.SegmentLength, cancellationToken);
        return Take(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        if (AtEnd(buffer.Length))
            return 0;
        Load(position / Envelope.SegmentLength);
        return Take(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => position,
        _ => length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            cipher.Dispose();
            stored.Dispose();
            ArrayPool<byte>.Shared.Return(fromStore);
            ArrayPool<byte>.Shared.Return(segment, clearArray: true);
        }

        base.Dispose(disposing);
    }

    private bool AtEnd(int wanted)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return position >= length || wanted == 0;
    }

    private async ValueTask LoadAsync(long number, CancellationToken cancellation)
    {
        if (number == current)
            return;
        var plain = Find(number);
        try
        {
            await stored.ReadExactlyAsync(fromStore.AsMemory(0, plain + Envelope.TagLength), cancellation);
        }
        catch (EndOfStreamException error)
        {
            throw new EnvelopeBrokenException(name, error);
        }

        Open(number, plain);
    }

    private void Load(long number)
    {
        if (number == current)
            return;
        var plain = Find(number);
        try
        {
            stored.ReadExactly(fromStore, 0, plain + Envelope.TagLength);
        }
        catch (EndOfStreamException error)
        {
            throw new EnvelopeBrokenException(name, error);
        }

        Open(number, plain);
    }

    private int Find(long number)
    {
        current = -1;
        stored.Position = Envelope.HeaderLength + number * SealedLength;
        return (int)Math.Min(Envelope.SegmentLength, length - number * Envelope.SegmentLength);
    }

    private void Open(long number, int plain)
    {
        try
        {
            var isLast = number == Envelope.Segments(length) - 1;
            cipher.Open(number, isLast, fromStore.AsSpan(0, plain + Envelope.TagLength), segment.AsSpan(0, plain));
            current = number;
        }
        catch (AuthenticationTagMismatchException error)
        {
            throw new EnvelopeBrokenException(name, error);
        }
    }

    private int Take(Span<byte> buffer)
    {
        var offset = (int)(position % Envelope.SegmentLength);
        var available = (int)Math.Min(Envelope.SegmentLength - offset, length - position);
        var taken = Math.Min(available, buffer.Length);
        segment.AsSpan(offset, taken).CopyTo(buffer);
        position += taken;
        return taken;
    }
}
