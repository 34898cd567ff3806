using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>
/// A VP8 key frame, RFC 6386 sections 9.1 to 9.5, as far as it can be followed without decoding pixels: its size, and how its coded data is
/// cut into a first partition and one to eight more.
/// </summary>
internal static class WebpLossy
{
    private const int HeadLength = 10, LongestEnd = 16;

    /// <exception cref="PictureRefused">Not a frame that shows by itself.</exception>
    internal static WebpSize SizeOf(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeadLength) throw PictureRefused.Truncated("it has no pixels");
        var isKey = (frame[0] & 1) == 0;
        ReadOnlySpan<byte> start = [0x9D, 0x01, 0x2A];
        if (!isKey || !frame[3..].StartsWith(start)) throw PictureRefused.Malformed("its pixels do not begin as they should");
        int width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]), height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]);
        return (width | height) <= 0x3FFF ? new WebpSize(width, height).Checked() : throw PictureRefused.UnsupportedCoding("it is to be enlarged when shown");
    }

    /// <summary>Every byte of the frame must belong to a partition, and none may end in a text.</summary>
    internal static void CheckPartitions(ReadOnlySpan<byte> frame)
    {
        var tag = frame[0] | frame[1] << 8 | frame[2] << 16;
        int profile = tag >> 1 & 7, firstLength = tag >> 5;
        var shown = (tag & 0x10) != 0;
        if (profile > 3 || !shown) throw PictureRefused.Malformed("its pixels do not begin as they should");
        var rest = frame[HeadLength..];
        if (firstLength == 0 || firstLength > rest.Length) throw ImpossibleLength();
        var first = Cut(ref rest, firstLength);
        var more = MorePartitions(first) - 1;
        if (rest.Length < 3 * more) throw PictureRefused.Truncated("a part of its pixels is missing");
        var lengths = rest[..(3 * more)];
        rest = rest[lengths.Length..];
        for (; !lengths.IsEmpty; lengths = lengths[3..]) Cut(ref rest, lengths[0] | lengths[1] << 8 | lengths[2] << 16);
        if (rest.IsEmpty) throw PictureRefused.Truncated("a part of its pixels is missing");
        Cut(ref rest, rest.Length);
    }

    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest, int length)
    {
        if (length > rest.Length) throw ImpossibleLength();
        var partition = rest[..length];
        if (TextAtEnd.Has(partition.TrimEnd((byte)0), LongestEnd)) throw PictureRefused.Malformed("there is text behind its pixels");
        rest = rest[length..];
        return partition;
    }

    /// <summary>Reads over what stands before it in the frame header: 19.2 of the RFC has all of it as one table.</summary>
    private static int MorePartitions(ReadOnlySpan<byte> first)
    {
        var bits = new WebpBits(first);
        bits.Skip(2);
        if (bits.Flag()) SkipSegments(ref bits);
        bits.Skip(1 + 6 + 3);
        if (bits.Flag() && bits.Flag()) SkipOptional(ref bits, 8, 7);
        return 1 << bits.Number(2);
    }

    private static void SkipSegments(ref WebpBits bits)
    {
        bool map = bits.Flag(), values = bits.Flag();
        if (values)
        {
            bits.Skip(1);
            SkipOptional(ref bits, 4, 8);
            SkipOptional(ref bits, 4, 7);
        }
        if (map) SkipOptional(ref bits, 3, 8);
    }

    private static void SkipOptional(ref WebpBits bits, int values, int length)
    {
        for (; values > 0; values--)
            if (bits.Flag()) bits.Skip(length);
    }

    private static PictureRefused ImpossibleLength() => PictureRefused.Malformed("a part of its pixels has an impossible length");
}
