using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>Walks marker segments from a position behind SOI; fill bytes (T.81 section B.1.1.2) are passed over.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> file, int position)
{
    private readonly ReadOnlySpan<byte> file = file;

    /// <summary>Behind the segment last read.</summary>
    internal int Position { get; set; } = position;

    internal byte Marker { get; private set; }

    /// <summary>The segment's bytes behind its length.</summary>
    internal ReadOnlySpan<byte> Data { get; private set; }

    internal readonly int DataOffset => Position - Data.Length;

    /// <summary>Reads the next marker, and its segment unless it is EOI.</summary>
    internal void Next()
    {
        var at = Position;
        if (at < file.Length && file[at] != 0xFF) throw PictureRefused.Malformed("there are stray bytes between its parts");
        while (at < file.Length && file[at] == 0xFF) at++;
        if (at >= file.Length) throw PictureRefused.Truncated("its end is missing");
        Marker = file[at++];
        Data = default;
        if (Marker != JpegMarkers.Eoi)
        {
            if (Marker is <= 0x01 or (>= 0xD0 and <= JpegMarkers.Soi)) throw PictureRefused.Malformed("a marker stands in a wrong place");
            if (at + 2 > file.Length) throw PictureRefused.Truncated("a part of its header is missing");
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[at..]);
            if (length < 2) throw PictureRefused.Malformed("a part of it has an impossible length");
            if (length > file.Length - at) throw PictureRefused.Truncated("a part of its header is missing");
            Data = file.Slice(at + 2, length - 2);
            at += length;
        }
        Position = at;
    }

    internal static void Write(ref ByteWriter writer, byte marker, scoped ReadOnlySpan<byte> data)
    {
        writer.Write([0xFF, marker]);
        writer.WriteU16(data.Length + 2);
        writer.Write(data);
    }
}
