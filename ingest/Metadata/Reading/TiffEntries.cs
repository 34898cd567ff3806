using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Reading;

/// <summary>
/// The entries of one TIFF directory (TIFF 6.0 section 2), as many of them as lie inside the block. Follows nothing by itself,
/// so that no loop in a file can hold it.
/// </summary>
internal ref struct TiffEntries
{
    private readonly bool little;
    private ReadOnlySpan<byte> rest;
    private ReadOnlySpan<byte> entry;
    private int left;

    internal TiffEntries(ReadOnlySpan<byte> tiff, uint offset)
    {
        little = tiff.StartsWith("II"u8);
        if (offset < 8 || offset > tiff.Length - 2) return;
        rest = tiff[(int)offset..];
        left = U16(rest);
        rest = rest[2..];
    }

    internal static bool IsTiff(ReadOnlySpan<byte> block) =>
        block.Length >= 8 && (block.StartsWith("II*\0"u8) || block.StartsWith("MM\0*"u8));

    /// <summary>The first directory of a block that <see cref="IsTiff"/>.</summary>
    internal static TiffEntries First(ReadOnlySpan<byte> tiff) => new(tiff, new TiffEntries(tiff, 0).U32(tiff[4..]));

    internal readonly int Tag => U16(entry);
    internal readonly int Type => U16(entry[2..]);
    internal readonly uint Count => U32(entry[4..]);

    /// <summary>The value field read as a LONG: an offset, or a small value.</summary>
    internal readonly uint Value => U32(entry[8..]);

    /// <summary>The value field's first half read as a SHORT.</summary>
    internal readonly ushort ShortValue => U16(entry[8..]);

    /// <summary>After the last entry: offset of the following directory, 0 for none.</summary>
    internal readonly uint Following => left == 0 && rest.Length >= 4 ? U32(rest) : 0;

    internal bool MoveNext()
    {
        if (left == 0 || rest.Length < 12) return false;
        left--;
        entry = rest[..12];
        rest = rest[12..];
        return true;
    }

    private readonly uint U32(ReadOnlySpan<byte> at) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);

    private readonly ushort U16(ReadOnlySpan<byte> at) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
}
