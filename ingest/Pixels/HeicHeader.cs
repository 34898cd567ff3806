using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// The largest size that any item of a HEIC file claims: <c>ispe</c> in <c>meta/iprp/ipco</c> (ISO/IEC 23008-12, 6.5.3).
/// Which item is the primary one does not matter for a limit.
/// </summary>
internal static class HeicHeader
{
    public static PictureHeader Read(ReadOnlySpan<byte> picture)
    {
        if (picture.Length < 16 || !picture[4..].StartsWith("ftyp"u8))
            throw new PictureUndecodable(UndecodableReason.OtherKind, "not a HEIC");
        if (!IsHevc(Body(picture, "ftyp"u8, 0)))
            throw new PictureUndecodable(UndecodableReason.OtherKind, "a brand that is not HEIC");
        var properties = Body(Body(Body(picture, "meta"u8, 4), "iprp"u8, 0), "ipco"u8, 0);

        var (width, height) = (0L, 0L);
        while (Next(ref properties, out var type, out var body))
        {
            if (!type.SequenceEqual("ispe"u8) || body.Length < 12)
                continue;
            // Each side on its own: what is wide in one item and high in another is not smaller for that.
            width = Math.Max(width, BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
            height = Math.Max(height, BinaryPrimitives.ReadUInt32BigEndian(body[8..]));
        }
        PixelLimits.Check(width, height);
        return new((int)width, (int)height);
    }

    private static bool IsHevc(ReadOnlySpan<byte> brands)
    {
        for (; brands.Length >= 4; brands = brands[4..])
        {
            if (brands.StartsWith("heic"u8) || brands.StartsWith("heix"u8))
                return true;
        }
        return false;
    }

    private static ReadOnlySpan<byte> Body(ReadOnlySpan<byte> boxes, ReadOnlySpan<byte> wanted, int skip)
    {
        while (Next(ref boxes, out var type, out var body))
        {
            if (type.SequenceEqual(wanted) && body.Length >= skip)
                return body[skip..];
        }
        throw new PictureUndecodable(UndecodableReason.Damaged, "a HEIC box is missing");
    }

    // ISO/IEC 14496-12, 4.2: 32-bit size, 64-bit size after the type where it is 1, to the end where it is 0.
    private static bool Next(scoped ref ReadOnlySpan<byte> boxes, out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> body)
    {
        type = body = default;
        if (boxes.Length < 8)
            return false;
        type = boxes.Slice(4, 4);
        var header = 8;
        ulong size = BinaryPrimitives.ReadUInt32BigEndian(boxes);
        if (size == 1 && boxes.Length >= 16)
        {
            size = BinaryPrimitives.ReadUInt64BigEndian(boxes[8..]);
            header = 16;
        }
        if (size == 0)
            size = (ulong)boxes.Length;
        if (size < (ulong)header || size > (ulong)boxes.Length)
            throw new PictureUndecodable(UndecodableReason.Damaged, "a HEIC box longer than what holds it");
        body = boxes[header..(int)size];
        boxes = boxes[(int)size..];
        return true;
    }
}
