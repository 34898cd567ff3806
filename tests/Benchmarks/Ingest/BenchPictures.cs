using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Benchmarks.Ingest;

/// <summary>
/// A 12-megapixel JPEG of a sender's own, with an iPad's metadata, which becomes another picture at every call: the finest colour
/// quantisers are changed, so that it stays a valid picture of the same length but has another digest.
/// </summary>
public sealed class BenchPictures
{
    public const int Width = 4032, Height = 3024;

    private const int Quality = 88, Grain = 20;

    /// <summary>Colour quantisers at the end of the zigzag that count the pictures, base 255.</summary>
    private const int Digits = 4;

    private readonly byte[] picture;
    private readonly int counter;
    private uint number;

    public BenchPictures(int seed)
    {
        // An iPad's segments, before the pixels of a real picture's size: the demo's own are too smooth for that.
        var small = DemoPictures.Jpeg(new DemoPicture { Seed = seed, Width = 16, Height = 16, TakenAt = DateTimeOffset.UtcNow.AddDays(-1) });
        var large = JpegPainter.Paint(Width, Height, Grainy(seed), Quality, []);
        // The thumbnail in the Exif has tables too; the picture's own are the last.
        var tables = small.AsSpan().LastIndexOf(Tables);
        picture = [.. small.AsSpan(0, tables), .. large.AsSpan(large.AsSpan().IndexOf(Tables))];
        counter = tables + 4 + 2 * 65 - Digits;
    }

    /// <summary>How both quantiser tables in one segment begin.</summary>
    private static ReadOnlySpan<byte> Tables => [0xFF, 0xDB, 0, 132, 0];

    /// <summary>Bytes of every one of them.</summary>
    public int Length => picture.Length;

    /// <summary>The next picture; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        var left = ++number;
        for (var digit = 0; digit < Digits; digit++, left /= 255) picture[counter + digit] = (byte)(1 + left % 255);
        return picture;
    }

    /// <summary>The demo's scene through a poor sensor: as much noise as makes the file as long as an iPad's, 3 to 4 MB.</summary>
    private static JpegPainter.RowPainter Grainy(int seed)
    {
        var scene = new DemoScene(seed);
        var noise = (uint)seed * 2654435761u | 1;
        return (row, width, height, rgb) =>
        {
            scene.PaintRow(row, width, height, rgb);
            for (var at = 0; at < rgb.Length; at += 3)
            {
                noise ^= noise << 13;
                noise ^= noise >> 17;
                noise ^= noise << 5;
                var grain = (int)(noise >> 8) % Grain - Grain / 2;
                for (var part = 0; part < 3; part++) rgb[at + part] = (byte)Math.Clamp(rgb[at + part] + grain, 0, 255);
            }
        };
    }
}
