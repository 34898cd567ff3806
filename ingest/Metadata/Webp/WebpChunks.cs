using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>Walks the chunks of a WebP file, RFC 9649 section 2.3: four letters, a length, data, and a byte of padding behind an odd length.</summary>
/// <param name="riff">What <see cref="RiffOf"/> gave.</param>
internal ref struct WebpChunks(ReadOnlySpan<byte> riff)
{
    /// <summary>Letters, length and letters again.</summary>
    internal const int FileHead = 12;
    private const int ChunkHead = 8;

    private readonly ReadOnlySpan<byte> riff = riff;

    /// <summary>Behind the chunk last read.</summary>
    internal int Position { get; private set; } = FileHead;

    /// <summary>The four letters as a big-endian number.</summary>
    internal uint Type { get; private set; }

    /// <summary>Where <see cref="Data"/> lies in the file.</summary>
    internal Range Place { get; private set; }

    internal readonly ReadOnlySpan<byte> Data => riff[Place];

    /// <summary>The file as far as its own length says; what stands behind it is no part of the picture.</summary>
    internal static ReadOnlySpan<byte> RiffOf(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHead + ChunkHead) throw PictureRefused.Truncated("its end is missing");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        if (length < FileHead) throw PictureRefused.Malformed("its length is impossible");
        if (length > file.Length - 8) throw PictureRefused.Truncated("its end is missing");
        return file[..(8 + (int)length)];
    }

    /// <summary>False at the end, or where less is left than a chunk needs.</summary>
    internal bool MoveNext()
    {
        if (riff.Length - Position < ChunkHead) return false;
        Type = BinaryPrimitives.ReadUInt32BigEndian(riff[Position..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(riff[(Position + 4)..]);
        var start = Position + ChunkHead;
        if (length > riff.Length - start) throw PictureRefused.Malformed("one of its parts has an impossible length");
        Place = start..(start + (int)length);
        // Some programs leave the padding of the last chunk out.
        Position = Math.Min(riff.Length, start + (int)length + (int)(length & 1));
        return true;
    }
}
