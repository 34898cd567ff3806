using System.Buffers.Binary;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// What a picture says of its size, read by our own code from its first bytes, so that a decoder only sees bytes of its kind
/// and never a size that would hurt.
/// </summary>
/// <param name="Width">Pixels, as coded (before any turning).</param>
/// <param name="Height">Pixels, as coded.</param>
public readonly record struct PictureHeader(int Width, int Height)
{
    /// <summary>Longer side in pixels.</summary>
    public int LongestSide => Math.Max(Width, Height);

    /// <exception cref="PictureUndecodable">Other kind, damaged, several frames, or above <see cref="PictureLimits"/>.</exception>
    public static PictureHeader Read(ReadOnlySpan<byte> picture, PictureKind kind)
    {
        var header = kind switch
        {
            PictureKind.Jpeg => ReadJpeg(picture),
            PictureKind.Png => ReadPng(picture),
            PictureKind.Webp => ReadWebp(picture),
            PictureKind.Heic => HeicHeader.Read(picture),
            _ => throw new PictureUndecodable(UndecodableReason.OtherKind, "no such kind"),
        };
        PixelLimits.Check(header.Width, header.Height);
        return header;
    }

    // ITU-T T.81, B.1.1.4 and B.2.2: segments up to the frame header.
    private static PictureHeader ReadJpeg(ReadOnlySpan<byte> picture)
    {
        if (!picture.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            throw NotOf("JPEG");
        var at = 2;
        while (true)
        {
            while (at + 1 < picture.Length && picture[at] == 0xFF && picture[at + 1] == 0xFF)
                at++;
            if (at + 4 > picture.Length || picture[at] != 0xFF)
                throw Damaged("no frame header");
            var marker = picture[at + 1];
            var length = BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 2)..]);
            if (marker is 0xC0 or 0xC1 or 0xC2)
            {
                if (at + 9 > picture.Length)
                    throw Damaged("cut in its frame header");
                return new(BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 7)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 5)..]));
            }
            // Lossless, hierarchical and arithmetic frames, a scan before a frame, and markers that stand alone.
            var standsAlone = marker is 0x00 or 0x01 or (>= 0xD0 and <= 0xDA);
            if (standsAlone || length < 2 || marker is > 0xC2 and < 0xD0 and not (0xC4 or 0xCC))
                throw Damaged($"marker {marker:X2} before a frame that is known");
            at += 2 + length;
        }
    }

    // PNG, third edition, 5.2 and 11.2.1.
    private static PictureHeader ReadPng(ReadOnlySpan<byte> picture)
    {
        if (!picture.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
            throw NotOf("PNG");
        if (picture.Length < 33 || !picture[8..].StartsWith("\0\0\0\rIHDR"u8))
            throw Damaged("no IHDR");
        var width = BinaryPrimitives.ReadUInt32BigEndian(picture[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(picture[20..]);
        PixelLimits.Check(width, height);
        if (picture[28] != 0 && (long)width * height > PictureLimits.MostInterlacedPixels)
            throw new PictureUndecodable(UndecodableReason.TooManyPixels, $"interlaced, {width} x {height} pixels");
        return new((int)width, (int)height);
    }

    // WebP container specification (RFC 9649), 2.5 to 2.7; frame headers of RFC 6386, 9.1 and of the lossless bitstream.
    private static PictureHeader ReadWebp(ReadOnlySpan<byte> picture)
    {
        if (picture.Length < 26 || !picture.StartsWith("RIFF"u8) || !picture[8..].StartsWith("WEBPVP8"u8))
            throw NotOf("WebP");
        var data = picture[20..];
        // One lossless pixel takes less room than the head of a lossy one.
        if (data.Length < 10 && picture[15] != (byte)'L')
            throw Damaged("cut in its header");
        switch (picture[15])
        {
            case (byte)'X':
                if ((data[0] & 0x02) != 0)
                    throw new PictureUndecodable(UndecodableReason.SeveralFrames, "animated WebP");
                return new(1 + ReadUInt24(data[4..]), 1 + ReadUInt24(data[7..]));
            case (byte)' ' when data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]):
                return new(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF,
                    BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF);
            case (byte)'L' when data[0] == 0x2F:
                var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
                return new(1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
            default:
                throw Damaged("no WebP frame first");
        }
    }

    private static int ReadUInt24(ReadOnlySpan<byte> data) => data[0] | data[1] << 8 | data[2] << 16;

    private static PictureUndecodable NotOf(string kind) => new(UndecodableReason.OtherKind, $"not a {kind}");

    private static PictureUndecodable Damaged(string hint) => new(UndecodableReason.Damaged, hint);
}
