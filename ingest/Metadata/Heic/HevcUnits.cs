using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// NAL units of one coded picture, each behind its length, ISO/IEC 14496-15 section 4.3 and ITU-T H.265 section 7.4.2.2. Kept are slices
/// of one intra-coded picture and parameter sets.
/// </summary>
internal static class HevcUnits
{
    private const int FirstIntra = 16, LastIntra = 21, FirstSupplement = 35, MostSets = 64, LongestEnd = 20;

    internal static int TypeOf(ReadOnlySpan<byte> unit) => unit[0] >> 1 & 0x3F;

    /// <summary>Drops what is no picture, in place; the bytes that are left stand at the beginning of <paramref name="item"/>.</summary>
    /// <param name="item">All units of an item.</param>
    /// <param name="lengthSize">Bytes of a length: 1, 2 or 4.</param>
    /// <returns>How many bytes are left.</returns>
    /// <exception cref="PictureRefused">Lengths that do not fit, no picture, two pictures, or one that needs others.</exception>
    internal static int Keep(Span<byte> item, int lengthSize, RemovedList removed)
    {
        int at = 0, kept = 0, sets = 0;
        var begun = false;
        while (at < item.Length)
        {
            if (item.Length - at < lengthSize) throw PictureRefused.Malformed("there is something behind its pixels");
            var length = LengthAt(item[at..], lengthSize);
            // A head of two bytes and at least one of content.
            if (length < 3 || length > item.Length - at - lengthSize) throw PictureRefused.Malformed("a part of its pixels has an impossible length");
            var whole = lengthSize + (int)length;
            if (IsKept(item.Slice(at + lengthSize, (int)length), ref begun, ref sets, removed))
            {
                if (kept != at) item.Slice(at, whole).CopyTo(item[kept..]);
                kept += whole;
            }
            at += whole;
        }
        return begun ? kept : throw PictureRefused.Truncated("it has no pixels");
    }

    private static bool IsKept(ReadOnlySpan<byte> unit, ref bool begun, ref int sets, RemovedList removed)
    {
        var type = TypeOf(unit);
        // The first bit is forbidden; higher layers (6 bits) hold other pictures, and later layers of time (3 bits) are of films.
        if ((unit[0] & 0x80) != 0 || (unit[1] & 7) == 0) throw PictureRefused.Malformed("a part of its pixels is of no known kind");
        if (type >= FirstSupplement)
        {
            removed.Add(Removed.PrivateData);
            return false;
        }
        if ((unit[0] & 1) != 0 || unit[1] != 1) throw PictureRefused.UnsupportedCoding("it is coded in layers");
        if (type is HevcSets.Video or HevcSets.Sequence or HevcSets.Picture)
        {
            if (begun) throw PictureRefused.Malformed("its decoder settings come too late");
            if (sets++ == MostSets) throw PictureRefused.UnsupportedCoding("it has very many decoder settings");
            HevcSets.Read(unit);
            return true;
        }
        if (type is < FirstIntra or > LastIntra) throw PictureRefused.UnsupportedCoding("it is coded as a part of a film");
        // The first bit of a slice says that it begins a picture.
        if ((unit[2] & 0x80) != 0 == begun) throw PictureRefused.Malformed(begun ? "it has two pictures in one" : "its beginning is missing");
        if (TextAtEnd.Has(unit, LongestEnd)) throw PictureRefused.Malformed("there is text behind its pixels");
        begun = true;
        return true;
    }

    private static uint LengthAt(ReadOnlySpan<byte> at, int size) => size switch
    {
        1 => at[0],
        2 => BinaryPrimitives.ReadUInt16BigEndian(at),
        _ => BinaryPrimitives.ReadUInt32BigEndian(at),
    };
}
