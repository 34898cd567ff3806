using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>
/// The content of consecutive IDAT chunks as one stream. The last bytes are handed out singly, so that after unpacking
/// <see cref="Left"/> tells whether the packed stream ended where the data does.
/// </summary>
internal sealed class PngDataStream(ReadOnlyMemory<byte> chunks) : Stream
{
    private const int Singly = 32;
    private int at, chunkEnd, left = SizeOf(chunks.Span);

    /// <summary>Bytes not handed out. Not 0 after unpacking: there is something behind the packed stream.</summary>
    internal int Left => left;

    public override int Read(Span<byte> buffer)
    {
        if (left == 0) return 0;
        while (at == chunkEnd)
        {
            var start = chunkEnd == 0 ? 0 : chunkEnd + 4;
            at = start + 8;
            chunkEnd = at + (int)BinaryPrimitives.ReadUInt32BigEndian(chunks.Span[start..]);
        }
        var count = Math.Min(Math.Min(buffer.Length, chunkEnd - at), left > Singly ? left - Singly : 1);
        chunks.Span.Slice(at, count).CopyTo(buffer);
        at += count;
        left -= count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    private static int SizeOf(ReadOnlySpan<byte> chunks)
    {
        var length = 0;
        for (int at = 0, size; at < chunks.Length; at += 12 + size)
        {
            size = (int)BinaryPrimitives.ReadUInt32BigEndian(chunks[at..]);
            length += size;
        }
        return length;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
