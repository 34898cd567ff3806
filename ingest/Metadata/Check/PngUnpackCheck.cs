using System.Buffers;
using System.IO.Compression;

namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>Unpacks all pixels once more and counts: exactly as many bytes as the header promises, out of exactly the bytes there are.</summary>
internal static class PngUnpackCheck
{
    internal static unsafe void Verify(ReadOnlySpan<byte> chunks, List<(int Offset, int Length)> pieces, long expected)
    {
        if (pieces.Count == 0) throw Wrong();
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            fixed (byte* first = chunks)
            {
                using var file = new UnmanagedMemoryStream(first, chunks.Length);
                using var packed = new Pieces(file, pieces);
                using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
                for (int read; (read = zlib.Read(buffer)) > 0;)
                    if ((expected -= read) < 0) throw Wrong();
                if (expected != 0 || !packed.Exhausted) throw Wrong();
            }
        }
        catch (InvalidDataException)
        {
            throw Wrong();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static PictureRefused Wrong() => PictureRefused.CheckFailed("PNG: pixels of a wrong size");

    /// <summary>The data of all pieces; the very last piece's end byte by byte, so that bytes behind the packed data stay unread.</summary>
    private sealed class Pieces(Stream file, List<(int Offset, int Length)> pieces) : Stream
    {
        private int piece, done;

        internal bool Exhausted => piece == pieces.Count;

        public override int Read(Span<byte> buffer)
        {
            if (Exhausted) return 0;
            var (offset, length) = pieces[piece];
            var most = length - done;
            // The last four bytes are a checksum; a piece may be shorter than that, so the last two pieces end singly.
            if (piece >= pieces.Count - 2) most = Math.Max(1, most - 16);
            file.Position = offset + done;
            var read = file.Read(buffer[..Math.Min(buffer.Length, most)]);
            done += read;
            if (done == length) (piece, done) = (piece + 1, 0);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
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
}
