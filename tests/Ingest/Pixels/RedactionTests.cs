using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Tests.Ingest.Pixels;

/// <summary>Nothing of what was in a box can be computed back: two pictures that differ there alone become the same bytes.</summary>
public class RedactionTests
{
    // In the upper right quarter of the upright picture, on no coded block's edge.
    private static readonly BurnBox[] One = [new(0.58, 0.13, 0.21, 0.23)];
    private static readonly BurnBox[] Three = [One[0], new(0.05, 0.7, 0.1, 0.2), new(0.12, 0.75, 0.1, 0.2)];

    [Theory]
    [InlineData(BurnFill.Solid)]
    [InlineData(BurnFill.Average)]
    public void A_box_is_of_one_colour_and_the_rest_is_as_it_was(BurnFill fill)
    {
        var whole = PaintedPicture.Decode(Redaction.Make(PaintedPicture.Jpeg(800, 600), PictureKind.Jpeg, One, fill).Bytes.Span);

        Assert.Equal((800, 600), (whole.Width, whole.Height));
        PaintedPicture.AssertNear(PaintedPicture.Red, PaintedPicture.Quarter(whole, 0), 3);
        PaintedPicture.AssertNear(PaintedPicture.Yellow, PaintedPicture.Quarter(whole, 3), 3);
        var expected = fill == BurnFill.Solid ? ((byte)0, (byte)0, (byte)0) : PaintedPicture.Green;
        AssertOneColour(whole, (464, 78, 632, 216), expected);
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Boxes_lie_where_they_are_seen_whichever_way_the_picture_is_stored(int orientation)
    {
        var whole = PaintedPicture.Decode(Redaction.Make(PaintedPicture.Jpeg(640, 480, orientation), PictureKind.Jpeg, One, BurnFill.Solid).Bytes.Span);

        var (width, height) = orientation >= 5 ? (480, 640) : (640, 480);
        Assert.Equal((width, height), (whole.Width, whole.Height));
        AssertOneColour(whole, ((int)(0.58 * width), (int)(0.13 * height), (int)(0.79 * width), (int)(0.36 * height)), (0, 0, 0));
        // The widened box is no larger than it says: what is near it is seen.
        foreach (var (x, y) in new[] { (0.58 - 0.06, 0.25), (0.79 + 0.06, 0.25), (0.7, 0.13 - 0.055), (0.7, 0.36 + 0.055) })
            Assert.NotEqual(((byte)0, (byte)0, (byte)0), Dark(whole, (int)(x * width), (int)(y * height)));
    }

    [Theory]
    [InlineData("pngsave_buffer", "", PictureKind.Png)]
    [InlineData("webpsave_buffer", "lossless=true", PictureKind.Webp)]
    [InlineData("jpegsave_buffer", "Q=60", PictureKind.Jpeg)]
    [InlineData("jpegsave_buffer", "Q=95,subsample-mode=off", PictureKind.Jpeg)]
    [InlineData("jpegsave_buffer", "Q=30,interlace=true", PictureKind.Jpeg)]
    public void Two_pictures_that_differ_in_the_box_alone_become_the_same_bytes(string saver, string options, PictureKind kind)
    {
        // The encoder of PNG writes no orientation.
        for (var orientation = 1; orientation <= (kind == PictureKind.Png ? 1 : 8); orientation++)
        {
            foreach (var boxes in new[] { One, Three })
            {
                var one = Redaction.Make(PaintedPicture.Scribbled(saver, 643, 481, orientation, boxes, 1, options), kind, boxes, BurnFill.Solid);
                var other = Redaction.Make(PaintedPicture.Scribbled(saver, 643, 481, orientation, boxes, 2, options), kind, boxes, BurnFill.Solid);

                Assert.True(one.Bytes.Span.SequenceEqual(other.Bytes.Span), $"orientation {orientation}, {boxes.Length} boxes");
            }
        }
    }

    [Fact]
    public void Two_large_pictures_that_differ_in_the_box_alone_become_the_same_bytes_though_they_are_made_smaller()
    {
        var boxes = new[] { new BurnBox(0.301, 0.303, 0.05, 0.05) };
        foreach (var (saver, options, kind) in new[]
        {
            ("jpegsave_buffer", "Q=70", PictureKind.Jpeg), ("webpsave_buffer", "lossless=true,effort=0", PictureKind.Webp),
        })
        {
            // Above the size that is decoded whole, with odd sides.
            var one = Redaction.Make(PaintedPicture.Scribbled(saver, 8191, 4901, 6, boxes, 1, options), kind, boxes, BurnFill.Solid);
            var other = Redaction.Make(PaintedPicture.Scribbled(saver, 8191, 4901, 6, boxes, 2, options), kind, boxes, BurnFill.Solid);

            Assert.True(one.Bytes.Span.SequenceEqual(other.Bytes.Span), options);
            Assert.InRange(Math.Max(one.Width, one.Height), 4090, 4096);
        }
    }

    [Fact]
    public void Of_an_average_the_mean_alone_comes_through()
    {
        var one = PaintedPicture.Scribbled("pngsave_buffer", 643, 481, 1, One, 3, "");
        var shuffled = PaintedPicture.Scribbled("pngsave_buffer", 643, 481, 1, One, 4, "");
        var another = PaintedPicture.Scribbled("pngsave_buffer", 643, 481, 1, One, 2, "");

        byte[] Burned(byte[] picture) => Redaction.Make(picture, PictureKind.Png, One, BurnFill.Average).Bytes.ToArray();
        Assert.NotEqual(one, shuffled);
        Assert.Equal(Burned(one), Burned(shuffled));
        Assert.NotEqual(Burned(one), Burned(another));
    }

    [Fact]
    public void Boxes_that_touch_share_one_mean_so_that_no_mosaic_can_be_made_of_them()
    {
        var mosaic = Enumerable.Range(0, 100).Select(nth => new BurnBox(0.3 + nth % 10 * 0.04, 0.3 + nth / 10 * 0.04, 0.04, 0.04)).ToArray();

        var made = Redaction.Make(PaintedPicture.Png(1000, 1000), PictureKind.Png, mosaic, BurnFill.Average);

        var whole = PaintedPicture.Decode(made.Bytes.Span);
        var (r, g, b) = At(whole, 500, 500);
        AssertOneColour(whole, (300, 300, 700, 700), (r, g, b));
    }

    [Theory]
    [InlineData(PictureKind.Png)]
    [InlineData(PictureKind.Webp)]
    [InlineData(PictureKind.Heic)]
    public void Every_kind_can_be_redacted(PictureKind kind)
    {
        var picture = kind switch
        {
            PictureKind.Png => PaintedPicture.Png(800, 600),
            PictureKind.Webp => PaintedPicture.Webp(800, 600),
            _ => PaintedPicture.Heic(800, 600),
        };

        var made = Redaction.Make(picture, kind, One, BurnFill.Solid);

        PictureCheck.Verify(made.Bytes.Span);
        AssertOneColour(PaintedPicture.Decode(made.Bytes.Span), (464, 78, 632, 216), (0, 0, 0));
    }

    [Fact]
    public void What_comes_out_is_clean_and_fits_within_4096()
    {
        var made = Redaction.Make(PaintedPicture.JpegInProfile(5000, 400, "p3"), PictureKind.Jpeg, One, BurnFill.Solid);

        Assert.Equal((4096, 328, RenditionFormat.Jpeg), (made.Width, made.Height, made.Format));
        PictureCheck.Verify(made.Bytes.Span);
        using var scrubbed = PictureScrubber.Scrub(made.Bytes);
        Assert.Empty(scrubbed.Removed);
    }

    [Fact]
    public void A_picture_with_transparency_or_in_grey_is_burned_in_colours()
    {
        foreach (var picture in new[] { PaintedPicture.TransparentPng(400), PaintedPicture.DeepGreyPng(400) })
            AssertOneColour(PaintedPicture.Decode(Redaction.Make(picture, PictureKind.Png, One, BurnFill.Solid).Bytes.Span), (232, 52, 316, 144), (0, 0, 0));
    }

    [Fact]
    public void The_whole_picture_can_be_a_box()
    {
        var whole = PaintedPicture.Decode(Redaction.Make(PaintedPicture.Jpeg(300, 200), PictureKind.Jpeg, [new(0, 0, 1, 1)], BurnFill.Solid).Bytes.Span);

        AssertOneColour(whole, (0, 0, 300, 200), (0, 0, 0));
    }

    [Theory]
    [InlineData(-0.1, 0, 0.5, 0.5)]
    [InlineData(0, 0, 0, 0.5)]
    [InlineData(0.6, 0, 0.5, 0.5)]
    [InlineData(0, 0.6, 0.5, 0.41)]
    [InlineData(double.NaN, 0, 0.5, 0.5)]
    [InlineData(0, 0, double.PositiveInfinity, 0.5)]
    public void A_box_beyond_the_picture_or_without_a_size_is_not_taken(double left, double top, double width, double height) =>
        Assert.Throws<ArgumentException>(() => Redaction.Make(PaintedPicture.Jpeg(64, 64), PictureKind.Jpeg, [new(left, top, width, height)], BurnFill.Solid));

    [Fact]
    public void A_damaged_picture_is_told_as_for_renditions()
    {
        var picture = PaintedPicture.Jpeg(640, 480);

        var refused = Assert.Throws<PictureUndecodable>(() => Redaction.Make(picture.AsSpan(0, picture.Length * 9 / 10), PictureKind.Jpeg, One, BurnFill.Solid));

        Assert.Equal(UndecodableReason.Damaged, refused.Reason);
    }

    /// <summary>Every pixel of the box, within what coding a JPEG changes.</summary>
    private static void AssertOneColour((int, int, byte[]) image, (int Left, int Top, int Right, int Bottom) box, (byte, byte, byte) colour)
    {
        for (var y = box.Top; y < box.Bottom; y++)
            for (var x = box.Left; x < box.Right; x++)
                PaintedPicture.AssertNear(colour, At(image, x, y), 6);
    }

    private static (byte R, byte G, byte B) At((int Width, int Height, byte[] Pixels) image, int x, int y)
    {
        var at = (y * image.Width + x) * 3;
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }

    private static (byte, byte, byte) Dark((int, int, byte[]) image, int x, int y)
    {
        var (r, g, b) = At(image, x, y);
        return r < 20 && g < 20 && b < 20 ? default : (r, g, b);
    }
}
