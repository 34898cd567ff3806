using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>Walks the chunks of a PNG from a position and holds each against its CRC. W3C PNG third edition section 5.3.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file, int position)
{
    private readonly ReadOnlySpan<byte> file = file;

    /// <summary>Behind the chunk last read.</summary>
    internal int Position { get; private set; } = position;

    /// <summary>The four letters as a big-endian number.</summary>
    internal uint Type { get; private set; }

    internal ReadOnlySpan<byte> Data { get; private set; }

    internal readonly int DataOffset => Position - 4 - Data.Length;

    internal void Next()
    {
        if (file.Length - Position < 12) throw PictureRefused.Truncated("its end is missing");
        var length = BinaryPrimitives.ReadUInt32BigEndian(file[Position..]);
        if (length > file.Length - Position - 12) throw PictureRefused.Truncated("a part of it is missing");
        var body = file.Slice(Position + 4, 4 + (int)length);
        Type = BinaryPrimitives.ReadUInt32BigEndian(body);
        Data = body[4..];
        Position += 12 + (int)length;
        if (Crc32.Of(body) != BinaryPrimitives.ReadUInt32BigEndian(file[(Position - 4)..]))
            throw PictureRefused.Malformed("a checksum in it is wrong");
    }
}
