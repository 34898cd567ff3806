using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class WebpScrubTests
{
    private static readonly byte[] Canary = Encoding.ASCII.GetBytes(Pictures.Canary);

    private static byte[] Turned(int orientation) => DemoMetadata.Tiff(new DemoPicture { Orientation = orientation }, []);

    [Theory]
    [MemberData(nameof(Carriers))]
    public void No_carrier_gets_a_word_through(string carrier, byte[] file)
    {
        var clean = Pictures.Clean(file);
        Assert.False(Pictures.Holds(clean, Pictures.Canary), carrier);
        var only = Assert.Single(TestWebp.Read(clean));
        Assert.Equal(only.Type == "VP8L" ? TestWebp.Lossless : TestWebp.Lossy, only.Data);
    }

    public static TheoryData<string, byte[]> Carriers()
    {
        var rows = new TheoryData<string, byte[]>();
        foreach (var type in (string[])["EXIF", "XMP ", "ICCP", "ICMT", "META", "C2PA", "IPTC", "exif", "8BPS", "FRGM", "\0\0\0\0"])
        {
            var chunk = TestWebp.Chunk(type, Canary, padding: 7);
            foreach (var flags in (byte[])[0, TestWebp.Exif | TestWebp.Xmp])
            {
                rows.Add($"{type} before, {flags}", TestWebp.Make(flags, before: chunk));
                rows.Add($"{type} behind, {flags}", TestWebp.Make(flags, behind: chunk));
            }
            rows.Add(type + " behind lossless pixels", TestWebp.File(TestWebp.Canvas(0), TestWebp.Chunk("VP8L", TestWebp.Lossless), chunk));
            rows.Add(type + " in a file without VP8X", TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy), chunk));
        }
        rows.Add("a profile that is none", TestWebp.Make(TestWebp.Profile, TestWebp.Chunk("ICCP", Canary)));
        rows.Add("a profile of another kind", TestWebp.Make(TestWebp.Profile, TestWebp.Chunk("ICCP", TestProfile.Grey)));
        rows.Add("all bits of VP8X but animation", TestWebp.Make(before: []) is var all ? [.. all[..20], 0xED, .. Canary[..3], .. all[24..]] : []);
        rows.Add("behind the end", [.. TestWebp.Make(), .. Canary]);
        rows.Add("behind the last chunk, too short for another", TestWebp.Make(behind: "lat 51."u8.ToArray()));
        rows.Add("a second picture behind", [.. TestWebp.Make(), .. TestWebp.Make(TestWebp.Exif, behind: TestWebp.Chunk("EXIF", Canary))]);
        return rows;
    }

    [Fact]
    public void What_was_removed_is_told()
    {
        var thumbnail = JpegPainter.Paint(16, 16, new DemoScene(1).PaintRow, 50, []);
        var picture = new DemoPicture { Orientation = 8 };
        byte[] file = [.. TestWebp.Make(TestWebp.Exif | TestWebp.Xmp | TestWebp.Profile, TestWebp.Chunk("ICCP", TestProfile.Display(4)),
            [.. TestWebp.Chunk("EXIF", DemoMetadata.Tiff(picture, thumbnail)), .. TestWebp.Chunk("XMP ", Encoding.UTF8.GetBytes(DemoMetadata.XmpPacket(picture))), .. TestWebp.Chunk("C2PA", [1])]),
            .. PaintedPicture.Png(8, 8)];
        Pictures.Clean(file, out var scrubbed);
        Assert.Equal(["camera-details", "editing-history", "location", "private-data", "profile-text", "second-picture", "thumbnail"], scrubbed.Removed.Select(r => r.Code).Order());
        Assert.Equal((TestWebp.Width, TestWebp.Height, TestWebp.Height, TestWebp.Width, 8), (scrubbed.Width, scrubbed.Height, scrubbed.ShownWidth, scrubbed.ShownHeight, scrubbed.Orientation));
        Pictures.Clean(TestWebp.Make(TestWebp.Profile, TestWebp.Chunk("ICCP", Canary)), out var dropped);
        Assert.Equal(["colour-profile"], dropped.Removed.Select(r => r.Code));
        Assert.Equal(["colour-profile-dropped"], dropped.Flags);
    }

    [Fact]
    public void Colours_transparency_and_orientation_stay_in_their_order()
    {
        var file = TestWebp.File(TestWebp.Canvas(0x3F & ~2), TestWebp.Chunk("ICCP", TestProfile.Display(2)), TestWebp.Chunk("ALPH", TestWebp.Transparent.Alpha),
            TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy), TestWebp.Chunk("EXIF", Turned(6)), TestWebp.Chunk("XMP ", Canary));
        var clean = Pictures.Clean(file, out var picture);
        Assert.False(Pictures.Holds(clean, Pictures.Canary));
        Assert.Equal(["VP8X", "ICCP", "ALPH", "VP8 ", "EXIF"], TestWebp.Read(clean).Select(chunk => chunk.Type));
        Assert.Equal(TestWebp.Profile | TestWebp.Alpha | TestWebp.Exif, TestWebp.Of(clean, "VP8X")[0]);
        Assert.Equal(TestWebp.Transparent.Alpha, TestWebp.Of(clean, "ALPH"));
        Assert.Equal(TestWebp.Transparent.Lossy, TestWebp.Of(clean, "VP8 "));
        Assert.Equal(TestProfile.Element(TestProfile.Display(2), "rXYZ"), TestProfile.Element(TestWebp.Of(clean, "ICCP"), "rXYZ"));
        Assert.Equal((26, 6), (TestWebp.Of(clean, "EXIF").Length, picture.Orientation));
        Assert.Equal(clean, Pictures.Clean(clean, out var again));
        Assert.Empty(again.Removed);
    }

    public static TheoryData<string, byte, byte[]> Pixels => new()
    {
        { "lossy", 0, TestWebp.Chunk("VP8 ", TestWebp.Lossy) },
        { "lossless", 0, TestWebp.Chunk("VP8L", TestWebp.Lossless) },
        { "transparent lossless", TestWebp.Alpha, TestWebp.Chunk("VP8L", TestWebp.TransparentLossless) },
        { "transparent lossless that VP8X calls opaque", 0, TestWebp.Chunk("VP8L", TestWebp.TransparentLossless) },
        { "opaque lossless that VP8X calls transparent", TestWebp.Alpha, TestWebp.Chunk("VP8L", TestWebp.Lossless) },
        { "opaque lossy that VP8X calls transparent", TestWebp.Alpha, TestWebp.Chunk("VP8 ", TestWebp.Lossy) },
        { "transparent lossy", TestWebp.Alpha, [.. TestWebp.Chunk("ALPH", TestWebp.Transparent.Alpha), .. TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy)] },
        { "transparent lossy, not packed", TestWebp.Alpha, [.. TestWebp.Chunk("ALPH", [4, .. Enumerable.Range(0, TestWebp.Width * TestWebp.Height).Select(k => (byte)k)]), .. TestWebp.Chunk("VP8 ", TestWebp.Lossy)] },
    };

    [Theory]
    [MemberData(nameof(Pixels))]
    public void The_shown_picture_is_the_same_whichever_way_up(string what, byte flags, byte[] pixels)
    {
        for (var orientation = 1; orientation <= 8; orientation++)
            foreach (var letters in (byte[][])[[], "Exif\0\0"u8.ToArray()])
            {
                var file = TestWebp.File(TestWebp.Canvas((byte)(flags | TestWebp.Exif)), pixels, TestWebp.Chunk("EXIF", [.. letters, .. Turned(orientation)]));
                var clean = Pictures.Clean(file, out var picture);
                var (before, after) = (PaintedPicture.DecodeWebp(file), PaintedPicture.DecodeWebp(clean));
                Assert.Equal((what, before), (what, after));
                Assert.Equal((picture.ShownWidth, picture.ShownHeight), (after.Width, after.Height));
                Assert.Equal(orientation, picture.Orientation);
                var made = Renditions.Make(clean, PictureKind.Webp, [RenditionSpec.Thumb])[0];
                Assert.Equal((picture.ShownWidth, picture.ShownHeight), (made.Width, made.Height));
            }
    }

    [Fact]
    public void An_orientation_that_VP8X_does_not_announce_is_followed_by_nobody()
    {
        var file = TestWebp.Make(0, behind: TestWebp.Chunk("EXIF", Turned(6)));
        Pictures.Clean(file, out var picture);
        Assert.Equal(1, picture.Orientation);
        Assert.Equal((TestWebp.Width, TestWebp.Height), (PaintedPicture.DecodeWebp(file).Width, PaintedPicture.DecodeWebp(file).Height));
    }

    [Fact]
    public void The_coded_picture_is_the_same_whatever_stands_around_it()
    {
        using var bare = PictureScrubber.Scrub(TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy)));
        using var dressed = PictureScrubber.Scrub(TestWebp.Make(TestWebp.Profile | TestWebp.Exif, TestWebp.Chunk("ICCP", TestProfile.Display(4)), TestWebp.Chunk("EXIF", Turned(3))));
        Assert.Equal(Pictures.Coded(bare), Pictures.Coded(dressed));
        Assert.Equal(bare.Bytes.Length - 12, Pictures.Coded(bare).Length);
    }

    [Fact]
    public void One_pixel_is_a_picture()
    {
        // A head, no transformation, no cache, no groups, and five codes of one symbol each.
        byte[] pixel = [0x2F, 0, 0, 0, 0, 0x88, 0x88, 0x08];
        var clean = Pictures.Clean(TestWebp.File(TestWebp.Chunk("VP8L", pixel)));
        Assert.Equal((1, 1), (PaintedPicture.DecodeWebp(clean).Width, Renditions.Make(clean, PictureKind.Webp, [RenditionSpec.Thumb])[0].Height));
    }

    [Fact]
    public void Renditions_in_WebP_pass_the_second_check()
    {
        foreach (var picture in (byte[][])[PaintedPicture.Jpeg(640, 481), PaintedPicture.Jpeg(33, 33)])
        {
            var made = Renditions.Make(picture, PictureKind.Jpeg, [RenditionSpec.Web with { Format = RenditionFormat.Webp }])[0];
            PictureCheck.Verify(made.Bytes.Span);
        }
    }
}
