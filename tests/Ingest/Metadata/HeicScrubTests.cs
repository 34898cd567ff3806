using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Tests.Ingest.Pixels;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class HeicScrubTests
{
    private static readonly byte[] Canary = Encoding.ASCII.GetBytes(Pictures.Canary);

    private static byte[] Plain => new TestHeic().Make();

    [Theory]
    [MemberData(nameof(Carriers))]
    public void Nothing_that_a_file_can_carry_survives(string where, byte[] file)
    {
        Assert.True(Pictures.Holds(file, Pictures.Canary), where);
        var clean = Pictures.Clean(file);
        Assert.False(Pictures.Holds(clean, Pictures.Canary), where);
        Assert.Equal(Pictures.Clean(Plain), clean);
    }

    public static TheoryData<string, byte[]> Carriers()
    {
        var plain = new TestHeic();
        var rows = new TheoryData<string, byte[]>
        {
            { "Exif", plain.With(new(2, "Exif", [0, 0, 0, 0, .. "MM\0*\0\0\0\u0008"u8, .. Canary]), ("cdsc", 2, [1])).Make() },
            { "Exif in three pieces", (plain with { Slack = Canary }).With(new(2, "Exif", TestHeic.Exif) { Pieces = 3 }, ("cdsc", 2, [1])).Make() },
            { "Exif in idat", plain.With(new(2, "Exif", [.. TestHeic.Exif, .. Canary]) { Method = 1 }, ("cdsc", 2, [1])).Make() },
            { "Exif without a reference", plain.With(new(2, "Exif", [.. TestHeic.Exif, .. Canary])).Make() },
            { "a second Exif", plain.With(new(2, "Exif", TestHeic.Exif)).With(new(3, "Exif", Canary)).Make() },
            { "XMP", plain.With(new(2, "mime", [.. TestHeic.Xmp, .. Canary]) { Mime = "application/rdf+xml\0" }, ("cdsc", 2, [1])).Make() },
            { "another mime item", plain.With(new(2, "mime", Canary) { Mime = "text/plain\0" }).Make() },
            { "the type of a mime item", plain.With(new(2, "mime", [1]) { Mime = Pictures.Canary + "\0" }).Make() },
            { "IPTC", plain.With(new(2, "iptc", [0x1C, 2, 90, 0, (byte)Canary.Length, .. Canary])).Make() },
            { "an item of an app", plain.With(new(2, "uri ", Canary)).Make() },
            { "an item without a place", plain.With(new(2, "uri ", Canary) { Place = (0, 0) }).Make() },
            { "a thumbnail", plain.With(Other(2), ("thmb", 2, [1])).Make() },
            { "a gain map", plain.With(Other(2, (TestHeic.Full("auxC", [.. Canary, 0]), true)), ("auxl", 2, [1])).Make() },
            { "another picture", plain.With(Other(2)).Make() },
            { "a picture made of the first", plain.With(new(2, "iovl", Canary) { Properties = [(TestHeic.Size(64, 64), false)] }, ("dimg", 2, [1])).Make() },
            { "the name of an item", (plain with { Items = [TestHeic.Picture(1) with { Name = Pictures.Canary }] }).Make() },
            { "the name of the writer", (plain with { Handler = Pictures.Canary }).Make() },
            { "a description", Property("udes", [0, 0, 0, 0, .. Canary, 0]) },
            { "a property of an app", Property("uuid", [.. new byte[16], .. Canary]) },
            { "a property that nothing needs", Property("free", Canary) },
            { "channels", Property("pixi", [0, 0, 0, 0, (byte)Canary.Length, .. Canary]) },
            { "the shape of pixels", Property("pasp", Canary.AsSpan(0, 8), suffix: true) },
            { "unknown colours", Property("colr", [.. "nclc"u8, .. Canary]) },
            { "a box in the index", (plain with { InIndex = TestHeic.Box("uuid", Canary) }).Make() },
            { "free space in the index", (plain with { InIndex = TestHeic.Box("free", Canary) }).Make() },
            { "groups", (plain with { InIndex = TestHeic.Box("grpl", Canary) }).Make() },
            { "free space", (plain with { BeforeData = TestHeic.Box("free", Canary) }).Make() },
            { "skipped space", (plain with { BeforeData = TestHeic.Box("skip", Canary) }).Make() },
            { "an app's box", (plain with { BeforeData = TestHeic.Box("uuid", Canary) }).Make() },
            { "a moving picture", (plain with { Behind = TestHeic.Box("mpvd", Canary) }).Make() },
            { "a sequence", (plain with { Behind = TestHeic.Box("moov", Canary), Brand = "msf1" }).Make() },
            { "a film behind it", (plain with { Behind = [.. TestHeic.Box("ftyp", "isom"u8), .. TestHeic.Box("mdat", Canary)] }).Make() },
            { "more data behind it", (plain with { Behind = TestHeic.Box("mdat", Canary) }).Make() },
            { "text behind it", [.. Plain, .. Canary] },
            { "between pieces of data", (plain with { Slack = Canary }).Make() },
            { "kinds", (plain with { Brand = "heic", BeforeData = [] }).Make() is var file ? [.. file.AsSpan(0, 16), .. Canary.AsSpan(0, 4), .. file.AsSpan(20), .. Canary] : [] },
            { "settings of another kind", Settings(TestHeic.SettingsWith(39, [39 << 1, 1, .. Canary])) },
            { "a supplement", Units(TestHeic.Unit(39, Canary), TestHeic.Coded) },
            { "a supplement behind the picture", Units(TestHeic.Coded, TestHeic.Unit(40, Canary)) },
            { "a delimiter", Units(TestHeic.Unit(35, Canary), TestHeic.Coded) },
            { "filler", Units(TestHeic.Coded, TestHeic.Unit(38, Canary)) },
            { "a unit of no meaning", Units(TestHeic.Coded, TestHeic.Unit(63, Canary)) },
        };
        return rows;

        static TestItem Other(int id, params (byte[], bool)[] more) =>
            TestHeic.Picture(id, more) with { Data = [.. TestHeic.Coded, .. TestHeic.Unit(39, Canary)] };
        static byte[] Property(string type, ReadOnlySpan<byte> data, bool suffix = false) =>
            [.. (new TestHeic { Items = [TestHeic.Picture(1, (TestHeic.Box(type, data), false))] }).Make(), .. suffix ? Canary : []];
        static byte[] Settings(byte[] settings) =>
            new TestHeic { Items = [new(1, "hvc1", TestHeic.Coded) { Properties = [(TestHeic.Box("hvcC", settings), true), (TestHeic.Size(64, 64), false)] }] }.Make();
        static byte[] Units(params byte[][] units) => new TestHeic { Items = [TestHeic.Picture(1) with { Data = [.. units.SelectMany(unit => unit)] }] }.Make();
    }

    [Fact]
    public void What_was_removed_is_told()
    {
        Pictures.Clean(new TestHeic().WithMetadata().Make(), out var picture);
        Assert.Equal(["location", "camera-details", "thumbnail", "second-picture", "editing-history"], picture.Removed.Select(removed => removed.Code));
        Pictures.Clean((new TestHeic { Behind = TestHeic.Box("mpvd", [1]), Handler = "x" }).With(new(2, "iptc", [0x1C, 2, 5, 0, 1, 65])).Make(), out var other);
        Assert.Equal(["caption-fields", "private-data", "video"], other.Removed.Select(removed => removed.Code).Order());
        Pictures.Clean(Plain, out var plain);
        Assert.Empty(plain.Removed);
        Assert.Empty(plain.Flags);
    }

    [Fact]
    public void A_plane_of_transparency_goes_and_is_told()
    {
        var alpha = TestHeic.Full("auxC", "urn:mpeg:hevc:2015:auxid:1\0"u8);
        Assert.Equal(Pictures.Clean(Plain), Pictures.Clean(new TestHeic().With(TestHeic.Picture(2, (alpha, true)), ("auxl", 2, [1])).Make(), out var picture));
        Assert.Equal(["transparency-dropped"], picture.Flags);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Data_is_followed_however_the_file_points_at_it(string how, byte[] file)
    {
        Assert.Equal((how, Convert.ToHexString(Pictures.Clean(TestHeic.Tiles().Make()))), (how, Convert.ToHexString(Pictures.Clean(file))));
    }

    public static TheoryData<string, byte[]> Ways()
    {
        var tiles = TestHeic.Tiles();
        TestItem[] All(int method, int pieces) => [.. tiles.Items.Select(item => item with { Method = method, Pieces = pieces })];
        return new()
        {
            { "version 0", (tiles with { LocationVersion = 0, Items = All(0, 1) }).Make() },
            { "version 2", (tiles with { WideItems = true }).Make() },
            { "all in idat", (tiles with { Items = All(1, 1) }).Make() },
            { "in pieces", (tiles with { Items = All(0, 5), Slack = Canary }).Make() },
            { "in pieces in idat", (tiles with { Items = All(1, 3), Slack = Canary }).Make() },
            { "single bytes", (tiles with { Items = All(0, 100_000) }).Make() },
            { "offsets of 8 bytes", (tiles with { OffsetSize = 8, LengthSize = 8 }).Make() },
            { "a base", (tiles with { BaseSize = 4 }).Make() },
            { "a base of 8 bytes and numbered pieces", (tiles with { BaseSize = 8, NumberSize = 4, Items = All(0, 2) }).Make() },
            { "properties of two bytes", (tiles with { WideProperties = true }).Make() },
            { "a long box", (tiles with { LongBoxes = true }).Make() },
            { "index behind the data", (tiles with { IndexLast = true }).Make() },
            { "data up to the end", tiles.Make() is var file && file.AsSpan().IndexOf("mdat"u8) is var at ? [.. file[..(at - 4)], 0, 0, 0, 0, .. file[at..]] : [] },
            { "a grid of wide numbers", (tiles with { Items = [.. tiles.Items[..4], tiles.Items[4] with { Data = [0, 1, 1, 1, 0, 0, 0, 120, 0, 0, 0, 128] }] }).Make() },
            { "scattered ids", (tiles with { Items = [.. tiles.Items.Select(item => item with { Id = item.Id * 7 })], Primary = 35, References = [("dimg", 35, [7, 14, 21, 28])] }).Make() },
        };
    }

    [Fact]
    public void A_grid_shows_the_same_pixels_as_before()
    {
        var file = TestHeic.Tiles().WithMetadata().Make();
        var before = PaintedPicture.DecodeHeic(file);
        Assert.Equal((120, 128), (before.Width, before.Height));
        Assert.Equal(before.Pixels, PaintedPicture.DecodeHeic(Pictures.Clean(file, out var picture)).Pixels);
        Assert.Equal((120, 128), (picture.Width, picture.Height));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("r0", 1)]
    [InlineData("r1", 8)]
    [InlineData("r2", 3)]
    [InlineData("r3", 6)]
    [InlineData("m1", 2)]
    [InlineData("m0", 4)]
    [InlineData("r1 m1", 7)]
    [InlineData("r1 m0", 5)]
    [InlineData("r3 m1", 5)]
    [InlineData("m1 r1", 5)]
    [InlineData("m1 r3", 7)]
    [InlineData("m0 r1", 7)]
    [InlineData("r2 m0", 2)]
    public void What_turns_a_picture_stays_and_is_said_as_one_orientation(string turns, int orientation)
    {
        var properties = turns.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(turn => (TestHeic.Box(turn[0] == 'r' ? "irot" : "imir", [(byte)(turn[1] - '0')]), true)).ToArray();
        var file = TestHeic.Tiles(properties).Make();
        var clean = Pictures.Clean(file, out var picture);
        Assert.Equal((120, 128, orientation), (picture.Width, picture.Height, picture.Orientation));
        Assert.Equal(orientation >= 5 ? (128, 120) : (120, 128), (picture.ShownWidth, picture.ShownHeight));

        var shown = PaintedPicture.DecodeHeic(clean);
        Assert.Equal((picture.ShownWidth, picture.ShownHeight), (shown.Width, shown.Height));
        Assert.Equal(PaintedPicture.DecodeHeic(file).Pixels, shown.Pixels);
        // One tile alone, whose four colours tell how a decoder turned it.
        var one = PaintedPicture.DecodeHeic(Pictures.Clean(new TestHeic { Items = [TestHeic.Picture(1, properties)] }.Make()));
        var places = orientation switch { 1 => "RGBY", 2 => "GRYB", 3 => "YBGR", 4 => "BYRG", 5 => "RBGY", 6 => "BRYG", 7 => "YGBR", _ => "GYRB" };
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var colour = places[quarter] switch { 'R' => PaintedPicture.Red, 'G' => PaintedPicture.Green, 'B' => PaintedPicture.Blue, _ => PaintedPicture.Yellow };
            PaintedPicture.AssertNear(colour, PaintedPicture.Quarter(one, quarter), 24);
        }
    }

    [Fact]
    public void An_orientation_in_Exif_alone_turns_nothing_as_in_every_decoder()
    {
        Pictures.Clean(new TestHeic().With(new(2, "Exif", TestHeic.Exif), ("cdsc", 2, [1])).Make(), out var picture);
        Assert.Equal(1, picture.Orientation);
    }

    [Fact]
    public void A_frame_stays_and_its_size_is_what_is_shown()
    {
        var frame = Frame(40, 1, 30, 1, -6, 1, 17, 1);
        var file = TestHeic.Tiles((frame, true), (TestHeic.Box("irot", [1]), true)).Make();
        var clean = Pictures.Clean(file, out var picture);
        Assert.Equal((40, 30, 30, 40), (picture.Width, picture.Height, picture.ShownWidth, picture.ShownHeight));
        Assert.Equal(["cropped-parts-remain"], picture.Flags);
        var shown = PaintedPicture.DecodeHeic(clean);
        Assert.Equal((30, 40), (shown.Width, shown.Height));
        Assert.Equal(PaintedPicture.DecodeHeic(file).Pixels, shown.Pixels);

        Pictures.Clean(TestHeic.Tiles((Frame(119, 1, 128, 1, -1, 2, 0, 1), true)).Make(), out var narrow);
        Assert.Equal((119, 128), (narrow.Width, narrow.Height));
        Assert.Empty(narrow.Flags);
    }

    [Fact]
    public void Colours_and_channels_stay()
    {
        byte[] nclx = TestHeic.Box("colr", [.. "nclx"u8, 0, 12, 0, 13, 0, 6, 0x80]), channels = TestHeic.Full("pixi", [3, 8, 8, 8]);
        byte[] profile = TestHeic.Box("colr", [.. "prof"u8, .. TestProfile.Display(4)]), wide = TestHeic.Box("pasp", [0, 0, 0, 4, 0, 0, 0, 3]);
        var clean = Pictures.Clean(new TestHeic { Items = [TestHeic.Picture(1, (nclx, true), (profile, true), (channels, false), (wide, false))] }.Make(), out var picture);
        foreach (var kept in (byte[][])[nclx, channels, wide]) Assert.True(clean.AsSpan().IndexOf(kept) > 0);
        Assert.Equal(["profile-text"], picture.Removed.Select(removed => removed.Code));
        var jpeg = TestProfile.FromJpeg(Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, TestProfile.Display(4))));
        Assert.True(clean.AsSpan().IndexOf(jpeg) > 0);
        Assert.Equal(clean, Pictures.Clean(clean, out var again));
        Assert.Empty(again.Removed);
    }

    [Fact]
    public void A_damaged_profile_is_dropped_and_said_so()
    {
        Pictures.Clean(new TestHeic { Items = [TestHeic.Picture(1, (TestHeic.Box("colr", "prof"u8), true))] }.Make(), out var picture);
        Assert.Equal(["colour-profile-dropped"], picture.Flags);
        Assert.Equal(["colour-profile"], picture.Removed.Select(removed => removed.Code));
    }

    [Fact]
    public void The_coded_picture_is_the_same_whatever_stands_around_it()
    {
        using var plain = PictureScrubber.Scrub(TestHeic.Tiles().Make());
        var profile = TestHeic.Box("colr", [.. "prof"u8, .. TestProfile.Display(2)]);
        using var full = PictureScrubber.Scrub(TestHeic.Tiles((profile, true), (TestHeic.Box("irot", [3]), true)).WithMetadata().Make());
        Assert.Equal(Pictures.Coded(plain), Pictures.Coded(full));
        Assert.NotEqual(plain.Bytes.ToArray(), full.Bytes.ToArray());
        using var other = PictureScrubber.Scrub(Plain);
        Assert.NotEqual(Pictures.Coded(plain), Pictures.Coded(other));
    }

    internal static byte[] Frame(params int[] numbers) => TestHeic.Box("clap", numbers.SelectMany(TestProfile.Four).ToArray());
}
