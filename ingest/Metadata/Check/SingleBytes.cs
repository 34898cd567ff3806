namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>Hands out one byte a time, so that its source stands exactly where the packed data ended.</summary>
internal sealed class SingleBytes(Stream source) : Stream
{
    public override int Read(byte[] buffer, int offset, int count) => source.Read(buffer, offset, Math.Min(count, 1));
    public override int Read(Span<byte> buffer) => source.Read(buffer[..Math.Min(buffer.Length, 1)]);
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
