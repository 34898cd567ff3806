namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// The exact form of a clean WebP: one chunk that fills the file, or VP8X with what it announces: ICCP, ALPH, the picture, EXIF with the
/// orientation alone. RFC 9649 section 2.
/// </summary>
internal static class WebpCheck
{
    private const int Profile = 0x20, Transparent = 0x10, Exif = 0x08;

    internal static void Verify(ReadOnlySpan<byte> clean)
    {
        var file = new Cursor(clean, "WebP");
        file.Must("RIFF"u8, "no signature");
        if (file.LittleFour() != clean.Length - 8 || clean.Length % 2 != 0) throw file.Fail("wrong length");
        file.Must("WEBP"u8, "no signature");
        int? flags = null;
        int width = 0, height = 0;
        if (file.Rest.StartsWith("VP8X"u8))
        {
            var canvas = new Cursor(Chunk(ref file, "VP8X"u8), "WebP header");
            flags = canvas.Byte();
            if ((flags & ~(Profile | Transparent | Exif)) != 0) throw canvas.Fail("announces what is not there");
            canvas.Must([0, 0, 0], "unknown flags");
            width = canvas.LittleThree() + 1;
            height = canvas.LittleThree() + 1;
            canvas.MustEnd();
        }
        if ((flags & Profile) > 0) Colours(Chunk(ref file, "ICCP"u8));
        var needed = (flags & (Profile | Exif)) > 0;
        int codedWidth, codedHeight;
        if (file.Rest.StartsWith("VP8L"u8))
        {
            (codedWidth, codedHeight) = WebpPixelsCheck.Lossless(Chunk(ref file, "VP8L"u8), out var transparent);
            needed |= (flags & Transparent) > 0 != transparent;
        }
        else
        {
            var plane = (flags & Transparent) > 0 ? Chunk(ref file, "ALPH"u8) : default;
            (codedWidth, codedHeight) = WebpPixelsCheck.Lossy(Chunk(ref file, "VP8 "u8));
            if ((flags & Transparent) > 0) WebpPixelsCheck.Plane(plane, codedWidth * codedHeight);
            needed |= (flags & Transparent) > 0;
        }
        if (codedWidth is < 1 or > 16_384 || codedHeight is < 1 or > 16_384 || codedWidth * codedHeight > 64_000_000) throw file.Fail("illegal size");
        if (flags is not null && (!needed || (width, height) != (codedWidth, codedHeight))) throw file.Fail("a header that is not of the picture");
        if ((flags & Exif) > 0) Orientation(Chunk(ref file, "EXIF"u8));
        file.MustEnd();
    }

    private static ReadOnlySpan<byte> Chunk(ref Cursor file, scoped ReadOnlySpan<byte> type)
    {
        file.Must(type, "unknown chunk");
        var length = file.LittleFour();
        if (length > int.MaxValue) throw file.Fail("ends early");
        var data = file.Take((int)length);
        if (length % 2 != 0) file.Must([0], "bytes between its parts");
        return data;
    }

    private static void Colours(ReadOnlySpan<byte> profile)
    {
        IccCheck.Verify(profile);
        if (!profile[16..].StartsWith("RGB "u8)) throw PictureRefused.CheckFailed("WebP profile: of other colours");
    }

    private static void Orientation(ReadOnlySpan<byte> exif)
    {
        var block = new Cursor(exif, "WebP Exif");
        block.Must("MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0"u8, "more than an orientation");
        if (block.Byte() is < 2 or > 8) throw block.Fail("illegal orientation");
        block.Must([0, 0, 0, 0, 0, 0], "more than an orientation");
        block.MustEnd();
    }
}
