using System.Globalization;
using System.Runtime.InteropServices;
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

    /// <summary>The plain pixels of a rendition, three bytes each.</summary>
    public static (int Width, int Height, byte[] Pixels) Decode(ReadOnlySpan<byte> picture)
    {
        VipsRuntime.Start();
        fixed (byte* data = picture)
        {
            using var image = picture[0] == 0xFF
                ? Operations.LoadJpeg(data, picture.Length, 1)
                : Operations.LoadWebp(data, picture.Length, 1);
            Assert.Equal(3, image.Bands);
            nuint length;
            var pixels = vips_image_write_to_memory(image, &length);
            Assert.True(pixels != null);
            var copy = new ReadOnlySpan<byte>(pixels, (int)length).ToArray();
            g_free(pixels);
            return (image.Width, image.Height, copy);
        }
    }

    /// <summary>The pixels of a HEIC, turned as it says, without transparency and without any conversion of colours.</summary>
    /// <exception cref="VipsFailure">It cannot be decoded.</exception>
    public static (int Width, int Height, byte[] Pixels) DecodeHeic(ReadOnlySpan<byte> picture)
    {
        VipsRuntime.Start();
        fixed (byte* data = picture)
        {
            using var image = Operations.LoadHeif(data, picture.Length);
            using var opaque = new VipsOperation("extract_band").With("in", image).With("band", "0").With("n", Math.Min(3, image.Bands).ToString(CultureInfo.InvariantCulture));
            using var colours = opaque.ToImage();
            nuint length;
            var pixels = vips_image_write_to_memory(colours, &length);
            if (pixels == null) throw VipsFailure.Of("vips_image_write_to_memory");
            var copy = new ReadOnlySpan<byte>(pixels, (int)length).ToArray();
            g_free(pixels);
            return (image.Width, image.Height, copy);
        }
    }

    /// <summary>The pixels of a WebP as libvips shows them: upright, four bytes each, in the colours that it is stored in.</summary>
    /// <exception cref="VipsFailure">It cannot be decoded.</exception>
    public static (int Width, int Height, string Digest) DecodeWebp(ReadOnlySpan<byte> picture)
    {
        VipsRuntime.Start();
        fixed (byte* data = picture)
        {
            using var image = Operations.LoadWebp(data, picture.Length, 1);
            using var upright = Operations.Upright(image);
            // A file may say that it is transparent and not be.
            using var fill = new VipsOperation("bandjoin_const").With("in", upright).With("c", "255");
            using var four = upright.HasAlpha ? Operations.InMemory(upright) : fill.ToImage();
            nuint length;
            var pixels = vips_image_write_to_memory(four, &length);
            if (pixels == null) throw VipsFailure.Of("vips_image_write_to_memory");
            var digest = System.Security.Cryptography.SHA256.HashData(new ReadOnlySpan<byte>(pixels, (int)length));
            g_free(pixels);
            return (four.Width, four.Height, Convert.ToHexString(digest));
        }
    }

    /// <summary>A picture whose right half is half transparent.</summary>
    public static byte[] TransparentWebp(int width, int height, string options = "")
    {
        using var image = FromMemory(width, height, 4, (x, y, pixel) => (pixel[0], pixel[1], pixel[2], pixel[3]) = ((byte)(x * 3), (byte)(y * 5), 90, (byte)(x * 2 < width ? 255 : 128 + y)));
        return Save("webpsave_buffer", image, options);
    }

    /// <summary>The colour in the middle of a quarter: 0 top left, 1 top right, 2 bottom left, 3 bottom right.</summary>
    public static (byte R, byte G, byte B) Quarter((int Width, int Height, byte[] Pixels) image, int quarter)
    {
        var x = image.Width / 4 + quarter % 2 * (image.Width / 2);
        var y = image.Height / 4 + quarter / 2 * (image.Height / 2);
        var at = (y * image.Width + x) * 3;
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }

    public static void AssertNear((byte R, byte G, byte B) expected, (byte R, byte G, byte B) actual, int tolerance)
    {
        var off = Math.Max(Math.Abs(expected.R - actual.R), Math.Max(Math.Abs(expected.G - actual.G), Math.Abs(expected.B - actual.B)));
        Assert.True(off <= tolerance, $"expected {expected}, found {actual}");
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

    [LibraryImport(Library)]
    private static partial byte* vips_image_write_to_memory(VipsImage image, nuint* size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void vips_image_set_int(VipsImage image, string name, int value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void vips_image_set_string(VipsImage image, string name, string value);

    [LibraryImport("libglib-2.0.so.0")]
    private static partial void g_free(byte* memory);
}
