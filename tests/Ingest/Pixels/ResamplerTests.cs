using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Tests.Ingest.Pixels;

public unsafe class ResamplerTests
{
    [Theory]
    [InlineData(4032, 3024, 2048, 2048, 1536)]
    [InlineData(3024, 4032, 2048, 1536, 2048)]
    [InlineData(8064, 300, 2048, 2048, 76)]
    [InlineData(16384, 1, 512, 512, 1)]
    [InlineData(300, 200, 2048, 300, 200)]
    public void The_longest_side_decides_and_nothing_is_enlarged(int width, int height, int side, int toWidth, int toHeight) =>
        Assert.Equal((toWidth, toHeight), Resampler.Within(width, height, side));

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(7, 5, 3, 2)]
    [InlineData(641, 479, 512, 383)]
    [InlineData(1000, 10, 31, 1)]
    public void One_colour_stays_that_colour(int width, int height, int toWidth, int toHeight)
    {
        using var picture = Picture(width, height, (_, _, band) => 40 + 70 * band);

        using var made = Reduced(picture, toWidth, toHeight);

        for (var y = 0; y < toHeight; y++)
            for (var at = 0; at < made.Pitch; at++)
                Assert.Equal(40 + 70 * (at % 3), made.Row(y)[at]);
    }

    [Theory]
    [InlineData(400, 300, 325, 244)]
    [InlineData(400, 300, 203, 152)]
    [InlineData(400, 300, 100, 75)]
    public void Waves_come_out_as_libvips_makes_them(int width, int height, int toWidth, int toHeight)
    {
        using var picture = Picture(width, height,
            (x, y, band) => 128 + 100 * Math.Sin(x / (9.0 + band)) * Math.Cos(y / 13.0));
        using var image = Operations.OfPixels(picture);
        using var resize = new VipsOperation("resize").With("in", image).With("scale", Text((double)toWidth / width)).With("vscale", Text((double)toHeight / height));
        using var theirs = resize.ToImage();
        using var rows = new VipsRows(theirs);

        using var made = Reduced(picture, toWidth, toHeight);

        Assert.Equal((theirs.Width, theirs.Height), (made.Width, made.Height));
        for (var y = 0; y < toHeight; y++)
        {
            var row = rows.Next();
            // Near the edges libvips repeats the last pixel, where we do without.
            for (var at = 24; at < made.Pitch - 24 && y is > 8 && y < toHeight - 8; at++)
                Assert.InRange(made.Row(y)[at] - row[at], -3, 3);
        }
    }

    [Theory]
    [InlineData(640, 480, 512, 384)]
    [InlineData(640, 480, 97, 73)]
    public void A_mirrored_picture_becomes_the_mirrored_small_one(int width, int height, int toWidth, int toHeight)
    {
        var noise = new byte[height, width, 3];
        var random = new Random(3);
        foreach (ref var value in System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref noise[0, 0, 0], noise.Length)) value = (byte)random.Next(256);
        using var picture = Picture(width, height, (x, y, band) => noise[y, x, band]);
        using var mirrored = Picture(width, height, (x, y, band) => noise[height - 1 - y, width - 1 - x, band]);

        using var made = Reduced(picture, toWidth, toHeight);
        using var madeMirrored = Reduced(mirrored, toWidth, toHeight);

        for (var y = 0; y < toHeight; y++)
            for (var x = 0; x < toWidth; x++)
                for (var band = 0; band < 3; band++)
                    Assert.InRange(made.Row(y)[x * 3 + band] - madeMirrored.Row(toHeight - 1 - y)[(toWidth - 1 - x) * 3 + band], -1, 1);
    }

    [Fact]
    public void Every_row_is_painted_once_from_the_top()
    {
        using var picture = Picture(100, 80, (_, _, _) => 1);
        using var image = Operations.OfPixels(picture);
        var painted = 0;

        using var made = Resampler.Make(image, (50, 40), row => row.Fill((byte)painted++));

        Assert.Equal(40, painted);
        for (var y = 0; y < 40; y++)
            Assert.True(made.Row(y).IndexOfAnyExcept((byte)y) < 0);
    }

    private static PixelBuffer Reduced(PixelBuffer picture, int width, int height)
    {
        using var image = Operations.OfPixels(picture);
        return Resampler.Make(image, (width, height), _ => { });
    }

    private static PixelBuffer Picture(int width, int height, Func<int, int, int, double> paint)
    {
        VipsRuntime.Start();
        var picture = new PixelBuffer(width, height);
        for (var y = 0; y < height; y++)
            for (var at = 0; at < picture.Pitch; at++)
                picture.Row(y)[at] = (byte)Math.Clamp(Math.Round(paint(at / 3, y, at % 3)), 0, 255);
        return picture;
    }

    private static string Text(double number) => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
