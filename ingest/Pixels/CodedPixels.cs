using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>What our own encoders wrote, cut down to what a decoder needs for the pixels.</summary>
internal static class CodedPixels
{
    /// <summary>Drops APPn and COM segments before the first other one: the APP0 carries the pixel density of the original.</summary>
    public static ReadOnlyMemory<byte> OfJpeg(byte[] jpeg)
    {
        var at = 2;
        while (jpeg[at] == 0xFF && jpeg[at + 1] is (>= 0xE0 and <= 0xEF) or 0xFE)
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        // The start-of-image marker moves forward to what is left.
        jpeg[at - 2] = 0xFF;
        jpeg[at - 1] = 0xD8;
        return jpeg.AsMemory(at - 2);
    }

    /// <summary>Keeps the chunk <c>VP8 </c> alone: libvips 8.14.1 writes Exif beside it even when told to strip.</summary>
    public static ReadOnlyMemory<byte> OfWebp(byte[] webp)
    {
        var at = 12;
        while (!webp.AsSpan(at).StartsWith("VP8 "u8))
            at += 8 + Padded(webp, at);
        var chunk = 8 + Padded(webp, at);
        var file = webp.AsMemory(at - 12, 12 + chunk);
        "RIFF"u8.CopyTo(file.Span);
        BinaryPrimitives.WriteInt32LittleEndian(file.Span[4..], 4 + chunk);
        "WEBP"u8.CopyTo(file.Span[8..]);
        return file;
    }

    private static int Padded(byte[] webp, int chunk)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(webp.AsSpan(chunk + 4));
        return length + length % 2;
    }
}
