using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;

namespace PhotoGuard.Tests.Ingest.Pixels;

public class RenditionsTests
{
    private static readonly RenditionSpec[] Both = [RenditionSpec.Web, RenditionSpec.Thumb];

    [Theory]
    [InlineData(4032, 3024, 2048, 1536, 512, 384)]
    [InlineData(3024, 4032, 1536, 2048, 384, 512)]
    [InlineData(8064, 300, 2048, 76, 512, 19)]
    [InlineData(2048, 2048, 2048, 2048, 512, 512)]
    public void The_longest_side_is_what_was_asked(int width, int height, int webWidth, int webHeight, int thumbWidth, int thumbHeight)
    {
        var made = Renditions.Make(PaintedPicture.Jpeg(width, height), PictureKind.Jpeg, Both);

        Assert.Equal(["web", "thumb"], made.Select(one => one.Name));
        Assert.Equal([(webWidth, webHeight), (thumbWidth, thumbHeight)], made.Select(one => (one.Width, one.Height)));
        Assert.All(made, one => Assert.Equal((one.Width, one.Height), SizeOf(one)));
    }

    [Fact]
    public void A_small_picture_is_never_enlarged()
    {
        var made = Renditions.Make(PaintedPicture.Png(300, 200), PictureKind.Png, [.. Both, RenditionSpec.Print]);

        Assert.All(made, one => Assert.Equal((300, 200), (one.Width, one.Height)));
    }

    [Theory]
    // For each Exif orientation: where the stored red, green, blue and yellow quarters stand when it is upright.
    [InlineData(1, "RGBY")]
    [InlineData(2, "GRYB")]
    [InlineData(3, "YBGR")]
    [InlineData(4, "BYRG")]
    [InlineData(5, "RBGY")]
    [InlineData(6, "BRYG")]
    [InlineData(7, "YGBR")]
    [InlineData(8, "GYRB")]
    public void Renditions_stand_upright(int orientation, string quarters)
    {
        var made = Renditions.Make(PaintedPicture.Jpeg(640, 480, orientation), PictureKind.Jpeg, Both);

        foreach (var one in made)
        {
            var image = PaintedPicture.Decode(one.Bytes.Span);
            Assert.Equal(orientation >= 5, image.Height > image.Width);
            for (var quarter = 0; quarter < 4; quarter++)
                PaintedPicture.AssertNear(Colour(quarters[quarter]), PaintedPicture.Quarter(image, quarter), 8);
        }
    }

    [Theory]
    [InlineData(RenditionFormat.Jpeg)]
    [InlineData(RenditionFormat.Webp)]
    public void Nothing_but_pixels_comes_out(RenditionFormat format)
    {
        var original = PaintedPicture.JpegInProfile(800, 600, "p3");
        Assert.Contains("canary-model", Encoding.Latin1.GetString(original));

        foreach (var one in Renditions.Make(original, PictureKind.Jpeg, Both.Select(spec => spec with { Format = format }).ToArray()))
        {
            var bytes = one.Bytes.ToArray();
            Assert.DoesNotContain("canary-model", Encoding.Latin1.GetString(bytes));
            if (format == RenditionFormat.Jpeg)
            {
                Assert.Equal([0xDB, 0xC0, 0xC4, 0xDA], JpegMarkers(bytes).Distinct());
                PictureCheck.Verify(bytes);
            }
            else
            {
                Assert.Equal(["VP8 "], WebpChunks(bytes));
            }
        }
    }

    [Theory]
    [InlineData("p3", 2)]
    [InlineData("cmyk", 70)]
    public void Colours_of_another_profile_come_out_right_in_srgb(string profile, int tolerance)
    {
        var made = Renditions.Make(PaintedPicture.JpegInProfile(1200, 900, profile), PictureKind.Jpeg, [RenditionSpec.Thumb]);

        var image = PaintedPicture.Decode(made[0].Bytes.Span);
        foreach (var (colour, quarter) in "RGBY".Select((colour, quarter) => (colour, quarter)))
            PaintedPicture.AssertNear(Colour(colour), PaintedPicture.Quarter(image, quarter), tolerance);
    }

    [Fact]
    public void Transparency_becomes_white()
    {
        var made = Renditions.Make(PaintedPicture.TransparentPng(600), PictureKind.Png, [RenditionSpec.Thumb]);

        PaintedPicture.AssertNear((255, 127, 127), PaintedPicture.Quarter(PaintedPicture.Decode(made[0].Bytes.Span), 0), 3);
    }

    [Fact]
    public void Sixteen_bits_of_grey_become_eight_bits_of_colour()
    {
        var made = Renditions.Make(PaintedPicture.DeepGreyPng(600), PictureKind.Png, [RenditionSpec.Thumb]);

        PaintedPicture.AssertNear((128, 128, 128), PaintedPicture.Quarter(PaintedPicture.Decode(made[0].Bytes.Span), 0), 2);
    }

    [Theory]
    [InlineData(PictureKind.Png)]
    [InlineData(PictureKind.Webp)]
    [InlineData(PictureKind.Heic)]
    public void Every_kind_has_renditions(PictureKind kind)
    {
        var picture = kind switch
        {
            PictureKind.Png => PaintedPicture.Png(3000, 2000),
            PictureKind.Webp => PaintedPicture.Webp(3000, 2000),
            // Smaller: its encoder is slow.
            _ => PaintedPicture.Heic(1500, 1000),
        };

        var made = Renditions.Make(picture, kind, Both);

        Assert.Equal([kind == PictureKind.Heic ? (1500, 1000) : (2048, 1365), (512, 341)], made.Select(one => (one.Width, one.Height)));
        Assert.All(made, one =>
            PaintedPicture.AssertNear(PaintedPicture.Blue, PaintedPicture.Quarter(PaintedPicture.Decode(one.Bytes.Span), 2), 8));
    }

    [Fact]
    public void A_rendition_does_not_depend_on_what_else_is_asked_for()
    {
        var picture = PaintedPicture.Jpeg(5000, 4000);

        var together = Renditions.Make(picture, PictureKind.Jpeg, [RenditionSpec.Thumb, RenditionSpec.Print, RenditionSpec.Web]);

        foreach (var one in together)
        {
            var alone = Renditions.Make(picture, PictureKind.Jpeg, [new(one.Name, one.Name switch { "thumb" => 512, "web" => 2048, _ => 4096 })]);
            Assert.True(one.Bytes.Span.SequenceEqual(alone[0].Bytes.Span), one.Name);
        }
    }

    private static (byte, byte, byte) Colour(char letter) => letter switch
    {
        'R' => PaintedPicture.Red,
        'G' => PaintedPicture.Green,
        'B' => PaintedPicture.Blue,
        _ => PaintedPicture.Yellow,
    };

    private static (int, int) SizeOf(Rendition one)
    {
        var (width, height, _) = PaintedPicture.Decode(one.Bytes.Span);
        return (width, height);
    }

    private static IEnumerable<string> WebpChunks(byte[] webp)
    {
        Assert.Equal(webp.Length - 8, BitConverter.ToInt32(webp, 4));
        for (var at = 12; at < webp.Length; at += 8 + (BitConverter.ToInt32(webp, at + 4) + 1) / 2 * 2)
            yield return Encoding.Latin1.GetString(webp, at, 4);
    }

    private static IEnumerable<int> JpegMarkers(byte[] jpeg)
    {
        var at = 2;
        while (jpeg[at + 1] != 0xDA)
        {
            yield return jpeg[at + 1];
            at += 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]);
        }
        yield return 0xDA;
    }
}
