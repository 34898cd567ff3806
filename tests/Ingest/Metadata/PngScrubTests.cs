using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class PngScrubTests
{
    private static readonly byte[] Canary = Encoding.ASCII.GetBytes(Pictures.Canary);

    [Theory]
    [MemberData(nameof(Carriers))]
    public void No_carrier_gets_a_word_through(string carrier, byte[] file)
    {
        var clean = Pictures.Clean(file);
        Assert.False(Pictures.Holds(clean, Pictures.Canary), carrier);
        Assert.Equal(["IHDR", "IDAT", "IEND"], TestPng.Read(clean).Select(chunk => chunk.Type));
        Assert.Equal(TestPng.Rows(30, 120), TestPng.Unzlib(TestPng.Read(clean)[1].Data));
    }

    public static TheoryData<string, byte[]> Carriers()
    {
        var rows = new TheoryData<string, byte[]>();
        foreach (var type in (string[])["tEXt", "zTXt", "iTXt", "tIME", "eXIf", "iDOT", "caBX", "meTa", "sPLT", "hIST", "pHYs", "bKGD", "sBIT", "oFFs",
                     "gAMA", "cHRM", "sRGB", "cICP", "iCCP", "vpAg", "prVt"])
        {
            rows.Add(type, TestPng.Make(before: TestPng.Chunk(type, Canary)));
            rows.Add(type + " behind the pixels", TestPng.Make(behind: TestPng.Chunk(type, Canary)));
        }
        rows.Add("packed text", TestPng.Make(before: TestPng.Chunk("zTXt", [.. "Comment\0\0"u8, .. TestPng.Zlib(Canary)])));
        rows.Add("Exif in hexadecimal", TestPng.Make(before: TestPng.Chunk("tEXt", [.. "Raw profile type exif\0\nexif\n 22\n"u8, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Canary))])));
        rows.Add("gamma that is a word", TestPng.Make(before: TestPng.Chunk("gAMA", "51.5"u8)));
        rows.Add("chromaticities that are a text", TestPng.Make(before: TestPng.Chunk("cHRM", Encoding.ASCII.GetBytes(Pictures.Canary.PadRight(32)))));
        rows.Add("palette of a picture without one", TestPng.Make(before: TestPng.Chunk("PLTE", [.. Canary, 0])));
        rows.Add("behind the end", [.. TestPng.Make(), .. Canary]);
        rows.Add("a second picture", [.. TestPng.Make(), .. TestPng.Make(before: TestPng.Chunk("tEXt", Canary))]);
        return rows;
    }

    [Fact]
    public void What_was_removed_is_told()
    {
        var thumbnail = JpegPainter.Paint(16, 16, new DemoScene(1).PaintRow, 50, []);
        var picture = new DemoPicture { Orientation = 8 };
        Pictures.Clean([.. TestPng.Make(before:
            [.. TestPng.Chunk("eXIf", DemoMetadata.Tiff(picture, thumbnail)), .. TestPng.Chunk("iTXt", Encoding.UTF8.GetBytes("XML:com.adobe.xmp\0\0\0\0\0" + DemoMetadata.XmpPacket(picture))),
                .. TestPng.Chunk("tEXt", "Author\0A. Teacher"u8), .. TestPng.Chunk("tIME", [7, 234, 5, 12, 10, 0, 0]), .. TestPng.Chunk("caBX", [1])]), .. TestPng.Make()],
            out var scrubbed);
        Assert.Equal(["camera-details", "comment", "editing-history", "location", "private-data", "second-picture", "thumbnail", "times"],
            scrubbed.Removed.Select(r => r.Code).Order());
        Assert.Equal((40, 30, 30, 40, 8), (scrubbed.Width, scrubbed.Height, scrubbed.ShownWidth, scrubbed.ShownHeight, scrubbed.Orientation));
    }

    [Fact]
    public void A_place_in_packed_or_hexadecimal_text_is_seen()
    {
        var exif = Convert.ToHexStringLower(DemoMetadata.Tiff(new DemoPicture(), []));
        foreach (var chunk in (byte[][])[
                     TestPng.Chunk("zTXt", [.. "Raw profile type xmp\0\0"u8, .. TestPng.Zlib(Encoding.ASCII.GetBytes("\nxmp\n 9\n" + Convert.ToHexStringLower("exif:GPSLatitude"u8)))]),
                     TestPng.Chunk("tEXt", Encoding.ASCII.GetBytes($"Raw profile type exif\0\nexif\n {exif.Length / 2}\n{exif}\n")),
                     TestPng.Chunk("iTXt", [.. "XML:com.adobe.xmp\0\u0001\0\0\0"u8, .. TestPng.Zlib("<x photoshop:City='Here'/>"u8)]),
                     TestPng.Chunk("tEXt", "exif:GPSLatitude\051/1"u8)])
            Assert.True(PictureReading.Read(TestPng.Make(before: chunk), TimeZoneInfo.Utc, DateTimeOffset.UtcNow).HasLocation);
    }

    [Fact]
    public void Colours_and_orientation_stay()
    {
        var file = TestPng.Make(before: [.. TestPng.Chunk("cICP", [12, 13, 0, 1]), .. TestPng.Chunk("sRGB", [1]), .. TestPng.Chunk("gAMA", [0, 0, 0xB1, 0x8F]),
            .. TestPng.Chunk("cHRM", [0, 0, 0x7A, 0x26, 0, 0, 0x80, 0x84, 0, 0, 0xFA, 0, 0, 0, 0x80, 0xE8, 0, 0, 0x75, 0x30, 0, 0, 0xEA, 0x60, 0, 0, 0x3A, 0x98, 0, 0, 0x17, 0x70]),
            .. TestPng.Chunk("eXIf", DemoMetadata.Tiff(new DemoPicture { Orientation = 6 }, [])), .. TestPng.Chunk("tRNS", [0, 1, 0, 2, 0, 3])]);
        var clean = Pictures.Clean(file, out var picture);
        var (before, after) = (TestPng.Read(file), TestPng.Read(clean));
        foreach (var kept in (string[])["cICP", "sRGB", "gAMA", "cHRM", "tRNS", "IDAT"]) Assert.Equal(before.Single(c => c.Type == kept).Data, after.Single(c => c.Type == kept).Data);
        Assert.Equal(26, after.Single(c => c.Type == "eXIf").Data.Length);
        Assert.Equal(6, picture.Orientation);
        Assert.Equal(clean, Pictures.Clean(clean, out var again));
        Assert.Empty(again.Removed);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 16)]
    [InlineData(2, 8)]
    [InlineData(2, 16)]
    [InlineData(3, 2)]
    [InlineData(3, 8)]
    [InlineData(4, 8)]
    [InlineData(4, 16)]
    [InlineData(6, 8)]
    [InlineData(6, 16)]
    public void Every_kind_of_pixel_is_taken_plain_and_interlaced(int colour, int depth)
    {
        var channels = colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        byte[] palette = colour == 3 ? TestPng.Chunk("PLTE", new byte[12]) : [];
        var plain = TestPng.Zlib(TestPng.Rows(30, (41 * channels * depth + 7) / 8));
        Pictures.Clean(TestPng.Make(palette, header: TestPng.Header(41, 30, depth, colour), packed: plain));
        foreach (var (width, height) in ((int, int)[])[(41, 30), (1, 1), (3, 2), (5, 9)])
        {
            var passes = ((int X, int Y, int Across, int Down)[])[(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
            var raw = passes.SelectMany(p =>
            {
                int columns = Enumerable.Range(0, width).Count(x => x >= p.X && (x - p.X) % p.Across == 0), rows = Enumerable.Range(0, height).Count(y => y >= p.Y && (y - p.Y) % p.Down == 0);
                return columns == 0 ? [] : TestPng.Rows(rows, (columns * channels * depth + 7) / 8);
            }).ToArray();
            Pictures.Clean(TestPng.Make(palette, header: TestPng.Header(width, height, depth, colour, 1), packed: TestPng.Zlib(raw)));
        }
    }

    [Fact]
    public void The_coded_picture_is_the_same_however_its_pixels_were_cut_into_chunks()
    {
        var noise = new byte[3000 * 364];
        new Random(7).NextBytes(noise);
        for (var row = 0; row < 3000; row++) noise[row * 364] = 0;
        var packed = TestPng.Zlib(noise);
        var header = TestPng.Header(121, 3000);
        using var one = PictureScrubber.Scrub(TestPng.Make(header: header, packed: packed));
        using var many = PictureScrubber.Scrub(TestPng.Make(TestPng.Chunk("eXIf", DemoMetadata.Tiff(new DemoPicture { Orientation = 3 }, [])), pieces: 777, header: header, packed: packed));
        Assert.Equal(Pictures.Coded(one), Pictures.Coded(many));
        PictureCheck.Verify(many.Bytes.Span);
        Assert.True(TestPng.Read(many.Bytes.ToArray()).Count(chunk => chunk.Type == "IDAT") > 1);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_not_understood_is_refused(string why, string type, byte[] file) => Assert.Equal((why, type), (why, Pictures.Refused(file)));

    public static TheoryData<string, string, byte[]> Bad()
    {
        var packed = TestPng.Zlib(TestPng.Rows(30, 120));
        var badFilter = TestPng.Rows(30, 120);
        badFilter[121] = 5;
        var wrongSum = (byte[])packed.Clone();
        wrongSum[^1] ^= 1;
        var badCrc = TestPng.Make();
        badCrc[29] ^= 1;
        return new()
        {
            { "animated", "picture-animated", TestPng.Make(TestPng.Chunk("acTL", new byte[8])) },
            { "data behind the packed pixels", "picture-malformed", TestPng.Make(packed: [.. packed, .. Canary]) },
            { "much data behind the packed pixels", "picture-malformed", TestPng.Make(packed: [.. packed, .. new byte[100_000]], pieces: 3) },
            { "one byte behind the packed pixels", "picture-malformed", TestPng.Make(packed: [.. packed, 0]) },
            { "more pixels than said", "picture-malformed", TestPng.Make(packed: TestPng.Zlib([.. TestPng.Rows(30, 120), .. Canary])) },
            { "fewer pixels than said", "picture-truncated", TestPng.Make(packed: TestPng.Zlib(TestPng.Rows(29, 120))) },
            { "illegal filter", "picture-malformed", TestPng.Make(packed: TestPng.Zlib(badFilter)) },
            { "wrong zlib sum", "picture-malformed", TestPng.Make(packed: wrongSum) },
            { "wrong CRC", "picture-malformed", badCrc },
            { "unknown critical chunk", "picture-unsupported-coding", TestPng.Make(TestPng.Chunk("CgBI", [1, 2, 3, 4])) },
            { "two headers", "picture-malformed", TestPng.Make(TestPng.Header(40, 30)) },
            { "scattered pixels", "picture-malformed", TestPng.Make(behind: [.. TestPng.Chunk("tEXt", Canary), .. TestPng.Chunk("IDAT", [1])]) },
            { "no palette", "picture-malformed", TestPng.Make(header: TestPng.Header(40, 30, 8, 3)) },
            { "palette too long", "picture-malformed", TestPng.Make(TestPng.Chunk("PLTE", new byte[9]), header: TestPng.Header(40, 30, 1, 3)) },
            { "illegal depth", "picture-malformed", TestPng.Make(header: TestPng.Header(40, 30, 4, 2)) },
            { "text in IEND", "picture-malformed", [.. TestPng.Make()[..^12], .. TestPng.Chunk("IEND", Canary)] },
            { "too wide", "picture-too-large-dimensions", TestPng.Make(header: TestPng.Header(16_385, 1)) },
            { "too many pixels", "picture-too-large-dimensions", TestPng.Make(header: TestPng.Header(16_000, 4_001, 1, 0)) },
            { "impossible", "picture-too-large-dimensions", TestPng.Make(header: TestPng.Header(int.MaxValue, int.MaxValue)) },
            { "interlaced and large", "picture-too-large-dimensions", TestPng.Make(header: TestPng.Header(5_001, 5_000, 1, 0, 1)) },
        };
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        var file = TestPng.Make(TestPng.Chunk("tEXt", Canary), pieces: 5);
        for (var length = 4; length < file.Length; length++)
            Assert.Contains(Pictures.Refused(file[..length]), (string[])["picture-truncated", "picture-malformed"]);
    }
}
