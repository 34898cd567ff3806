using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>IHDR, W3C PNG third edition section 11.2.1.</summary>
internal readonly record struct PngHeader(int Width, int Height, int Depth, int Colour, bool Interlaced)
{
    internal const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, RgbAlpha = 6;

    internal bool IsGrey => Colour is Grey or GreyAlpha;

    /// <exception cref="PictureRefused">Illegal, or larger than <see cref="PictureLimits"/>.</exception>
    internal static PngHeader Read(ReadOnlySpan<byte> data)
    {
        if (data.Length != 13) throw PictureRefused.Malformed("its header has a wrong length");
        long width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        PictureLimits.Check(width, height);
        int depth = data[8], colour = data[9];
        var legal = colour switch
        {
            Grey => depth is 1 or 2 or 4 or 8 or 16,
            Palette => depth is 1 or 2 or 4 or 8,
            Rgb or GreyAlpha or RgbAlpha => depth is 8 or 16,
            _ => false,
        };
        if (!legal || width == 0 || height == 0 || data[10] != 0 || data[11] != 0 || data[12] > 1)
            throw PictureRefused.Malformed("its header is illegal");
        if (data[12] == 1 && width * height > PictureLimits.MostInterlacedPixels) throw PictureRefused.TooLargeInterlaced(width, height);
        return new((int)width, (int)height, depth, colour, data[12] == 1);
    }

    /// <summary>Bytes of one row of <paramref name="width"/> pixels, without its filter byte.</summary>
    internal int RowBytes(int width)
    {
        var channels = Colour switch { Rgb => 3, GreyAlpha => 2, RgbAlpha => 4, _ => 1 };
        return (width * channels * Depth + 7) / 8;
    }
}
