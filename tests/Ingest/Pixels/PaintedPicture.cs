using System.Runtime.InteropServices;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>
/// Pictures painted by the tests: four quarters, red, green, blue and yellow from the top left, read like a line of text. With
/// libvips as encoder, they may carry an orientation, a profile and metadata.
/// </summary>
internal static unsafe partial class PaintedPicture
{
    private const string Library = "libvips.so.42";
    private const int EightBits = 0;

    public static readonly (byte R, byte G, byte B) Red = (220, 40, 40), Green = (40, 180, 60), Blue = (40, 60, 210), Yellow = (230, 210, 50);

    public static byte[] Jpeg(int width, int height, int orientation = 1, string options = "") =>
        Save("jpegsave_buffer", width, height, orientation, options);

    public static byte[] Png(int width, int height, string options = "") => Save("pngsave_buffer", width, height, 1, options);

    public static byte[] Webp(int width, int height, string options = "") => Save("webpsave_buffer", width, height, 1, options);

    public static byte[] Heic(int width, int height) => Save("heifsave_buffer", width, height, 1, "compression=hevc");

    /// <summary>Noise, which no encoder makes small.</summary>
    /// <param name="saver">Of libvips, for example heifsave_buffer.</param>
    /// <param name="grain">Levels between the darkest and the lightest, 2 to 256.</param>
    public static byte[] Grainy(string saver, int width, int height, int grain, string options)
    {
        var noise = new Random(1);
        using var image = FromMemory(width, height, 3, (x, y, pixel) =>
        {
            for (var band = 0; band < 3; band++) pixel[band] = (byte)((128 - grain / 2) + noise.Next(grain));
        });
        return Save(saver, image, options);
    }

    /// <summary>A picture of noise that is always the same, but for what is in the boxes.</summary>
    /// <param name="orientation">How it is stored; boxes are parts of the upright picture.</param>
    /// <param name="scribble">What is in the boxes: 1 and 2 differ in every way; 3 and 4 are chessboards of opposite colours, whose means round to the same.</param>
    public static byte[] Scribbled(
        string saver, int width, int height, int orientation, IReadOnlyList<BurnBox> boxes, int scribble, string options)
    {
        using var image = FromMemory(width, height, 3, (x, y, pixel) =>
        {
            var (across, down) = ((x + 0.5) / width, (y + 0.5) / height);
            var (right, under) = orientation switch
            {
                2 => (1 - across, down), 3 => (1 - across, 1 - down), 4 => (across, 1 - down), 5 => (down, across),
                6 => (1 - down, across), 7 => (1 - down, 1 - across), 8 => (down, 1 - across), _ => (across, down),
            };
            var inside = boxes.Any(box => right > box.Left && right < box.Left + box.Width && under > box.Top && under < box.Top + box.Height);
            var seed = (uint)(x * 73856093 ^ y * 19349663);
            if (inside) seed = scribble switch { 3 => (uint)(x + y), 4 => (uint)(x + y) + 1, _ => seed * 31 + (uint)scribble };
            if (inside && scribble >= 3)
            {
                pixel.Fill((byte)(seed % 2 * 200));
                return;
            }
            for (var band = 0; band < 3; band++) pixel[band] = (byte)((seed = seed * 1664525 + 1013904223) >> 24);
        });
        vips_image_set_int(image, "orientation", orientation);
        return Save(saver, image, options);
    }

    /// <summary>A JPEG whose pixels are in another colour space, said by the profile in it.</summary>
    /// <param name="profile">One that libvips has built in: p3 or cmyk.</param>
    public static byte[] JpegInProfile(int width, int height, string profile)
    {
        using var painted = Paint(width, height, 1);
        using var convert = new VipsOperation("icc_transform").With("in", painted).With("output-profile", profile)
            .With("input-profile", "srgb");
        using var converted = convert.ToImage();
        return Save("jpegsave_buffer", converted, "Q=95");
    }

    /// <summary>A JPEG of the same pixels as a PNG without a profile.</summary>
    public static byte[] JpegOf(byte[] png, string options)
    {
        VipsRuntime.Start();
        fixed (byte* data = png)
        {
            using var image = Operations.LoadPng(data, png.Length);
            return Save("jpegsave_buffer", image, options);
        }
    }

    /// <summary>A half-transparent red square.</summary>
    public static byte[] TransparentPng(int side)
    {
        using var image = FromMemory(side, side, 4, (_, _, pixel) => (pixel[0], pixel[3]) = (255, 128));
        return Save("pngsave_buffer", image, "");
    }

    /// <summary>Sixteen bits of grey.</summary>
    public static byte[] DeepGreyPng(int side)
    {
        using var image = FromMemory(side, side, 1, (_, _, pixel) => pixel[0] = 128);
        using var deepen = new VipsOperation("colourspace").With("in", image).With("space", "grey16").With("source-space", "b-w");
        using var deep = deepen.ToImage();
        return Save("pngsave_buffer", deep, "");
    }

    /// <summary>A picture whose right half is half transparent.</summary>
    public static byte[] TransparentWebp(int width, int height, string options = "")
    {
        using var image = FromMemory(width, height, 4, (x, y, pixel) => (pixel[0], pixel[1], pixel[2], pixel[3]) = ((byte)(x * 3), (byte)(y * 5), 90, (byte)(x * 2 < width ? 255 : 128 + y)));
        return Save("webpsave_buffer", image, options);
    }

    private static byte[] Save(string saver, int width, int height, int orientation, string options)
    {
        using var image = Paint(width, height, orientation);
        return Save(saver, image, options);
    }

    private static byte[] Save(string saver, VipsImage image, string options)
    {
        using var save = new VipsOperation(saver).With("in", image);
        foreach (var option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
            save.With(option.Split('=')[0], option.Split('=')[1]);
        return save.ToBytes();
    }

    private static VipsImage Paint(int width, int height, int orientation)
    {
        var image = FromMemory(width, height, 3, (x, y, pixel) =>
        {
            var colour = (y * 2 / height, x * 2 / width) switch { (0, 0) => Red, (0, _) => Green, (_, 0) => Blue, _ => Yellow };
            (pixel[0], pixel[1], pixel[2]) = colour;
        });
        vips_image_set_int(image, "orientation", orientation);
        vips_image_set_string(image, "exif-ifd0-Model", "canary-model (canary-model, ASCII, 13 components, 13 bytes)");
        return image;
    }

    private delegate void Brush(int x, int y, Span<byte> pixel);

    private static VipsImage FromMemory(int width, int height, int bands, Brush brush)
    {
        VipsRuntime.Start();
        var pixels = new byte[width * height * bands];
        for (var i = 0; i < width * height; i++)
            brush(i % width, i / width, pixels.AsSpan(i * bands, bands));
        fixed (byte* data = pixels)
        {
            using var raw = vips_image_new_from_memory_copy(data, (nuint)pixels.Length, width, height, bands, EightBits);
            using var name = new VipsOperation("copy").With("in", raw).With("interpretation", bands < 3 ? "b-w" : "srgb");
            return name.ToImage();
        }
    }

    [LibraryImport(Library)]
    private static partial VipsImage vips_image_new_from_memory_copy(byte* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void vips_image_set_int(VipsImage image, string name, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void vips_image_set_string(VipsImage image, string name, string value);
}
