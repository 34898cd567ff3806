using System.Globalization;
using System.Runtime.InteropServices;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>What is seen of a picture by decoding it.</summary>
internal static unsafe partial class PaintedPicture
{
    /// <summary>The plain pixels of a rendition, three bytes each.</summary>
    public static (int Width, int Height, byte[] Pixels) Decode(ReadOnlySpan<byte> picture)
    {
        VipsRuntime.Start();
        fixed (byte* data = picture)
        {
            using var image = picture[0] == 0xFF
                ? Operations.LoadJpeg(data, picture.Length)
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
            using var turn = new VipsOperation("autorot").With("in", image);
            using var upright = turn.ToImage();
            // A file may say that it is transparent and not be.
            using var fill = new VipsOperation("bandjoin_const").With("in", upright).With("c", "255");
            using var four = upright.HasAlpha ? new VipsOperation("copy").With("in", upright).ToImage() : fill.ToImage();
            nuint length;
            var pixels = vips_image_write_to_memory(four, &length);
            if (pixels == null) throw VipsFailure.Of("vips_image_write_to_memory");
            var digest = System.Security.Cryptography.SHA256.HashData(new ReadOnlySpan<byte>(pixels, (int)length));
            g_free(pixels);
            return (four.Width, four.Height, Convert.ToHexString(digest));
        }
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

    [LibraryImport(Library)]
    private static partial byte* vips_image_write_to_memory(VipsImage image, nuint* size);

    [LibraryImport("libglib-2.0.so.0")]
    private static partial void g_free(byte* memory);
}
