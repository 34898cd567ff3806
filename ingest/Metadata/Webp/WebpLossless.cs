using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>The head of losslessly coded pixels, RFC 9649 section 3.4: a sign, two sizes, whether it is transparent, version 0.</summary>
internal static class WebpLossless
{
    private const int HeadLength = 5, LongestEnd = 16;

    /// <exception cref="PictureRefused">Not such a head.</exception>
    internal static WebpSize SizeOf(ReadOnlySpan<byte> pixels, out bool transparent)
    {
        if (pixels.Length <= HeadLength) throw PictureRefused.Truncated("it has no pixels");
        var fields = BinaryPrimitives.ReadUInt32LittleEndian(pixels[1..]);
        if (pixels[0] != 0x2F || fields >> 29 != 0) throw PictureRefused.Malformed("its pixels do not begin as they should");
        transparent = (fields & 1 << 28) != 0;
        return new WebpSize((int)(fields & 0x3FFF) + 1, (int)(fields >> 14 & 0x3FFF) + 1).Checked();
    }

    internal static void CheckEnd(ReadOnlySpan<byte> pixels)
    {
        if (TextAtEnd.Has(pixels.TrimEnd((byte)0), LongestEnd)) throw PictureRefused.Malformed("there is text behind its pixels");
    }
}
