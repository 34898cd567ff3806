using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>Our own encoder's JPEG without its APP0: it would carry the pixel density of the original.</summary>
internal static class JpegOutput
{
    /// <summary>Drops APPn and COM segments before the first other one.</summary>
    public static ReadOnlyMemory<byte> WithoutApplicationData(byte[] jpeg)
    {
        var at = 2;
        while (jpeg[at] == 0xFF && jpeg[at + 1] is (>= 0xE0 and <= 0xEF) or 0xFE)
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(at + 2));
        // The start-of-image marker moves forward to what is left.
        jpeg[at - 2] = 0xFF;
        jpeg[at - 1] = 0xD8;
        return jpeg.AsMemory(at - 2);
    }
}
