using System.Buffers.Binary;
using System.Text;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class HeicRefusalTests
{
    private static readonly byte[] Canary = Encoding.ASCII.GetBytes(Pictures.Canary);

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_not_understood_is_refused(string why, string type, byte[] file) => Assert.Equal((why, type), (why, Pictures.Refused(file)));

    public static TheoryData<string, string, byte[]> Bad()
    {
        const string Malformed = "picture-malformed", Rare = "picture-unsupported-coding", Short = "picture-truncated";
        var plain = new TestHeic();
        var one = TestHeic.Picture(1);
        var tiles = TestHeic.Tiles();
        byte[] settings = TestHeic.Box("hvcC", TestHeic.Settings), size = TestHeic.Size(64, 64);
        var rows = new TheoryData<string, string, byte[]>
        {
            { "a sequence alone", "picture-animated", [.. TestHeic.Box("ftyp", "hevc\0\0\0\0msf1hevc"u8), .. TestHeic.Box("moov", [1, 2, 3]), .. TestHeic.Box("mdat", [1])] },
            { "no index", Malformed, [.. TestHeic.Box("ftyp", "heic\0\0\0\0mif1heic"u8), .. TestHeic.Box("mdat", [1])] },
            { "two indexes", Malformed, (plain with { Behind = plain.Make()[24..] }).Make() },
            { "a primary that is not there", Malformed, (plain with { Primary = 7 }).Make() },
            { "a primary of another coding", Rare, Items(one with { Type = "av01" }) },
            { "an overlay", Rare, Items(one with { Type = "iovl" }) },
            { "a locked item", Rare, Items(one with { Protection = 1 }) },
            { "another file", Rare, Items(one with { Source = 1 }) },
            { "derived data", Rare, Items(one with { Method = 2 }) },
            { "a length of nothing", Rare, Items(one with { Place = (400, 0) }) },
            { "behind the end", Short, Items(one with { Place = (400, 1_000_000) }) },
            { "far behind the end", Short, Items(one with { Place = (uint.MaxValue, uint.MaxValue) }) },
            { "in the index", Malformed, Items(one with { Place = (40, 100) }) },
            { "no data", Short, Items(one with { Data = [] }) },
            { "two items of one number", Malformed, Items(one, one) },
            { "shared with a second tile", Malformed, (tiles with { Items = [one, .. tiles.Items[1..]], Slack = [] }).Make() is var whole ? Point(whole, 2, 1) : [] },
            { "shared with Exif", Malformed, plain.With(new TestItem(2, "Exif", [1]) { Place = (800, 20) }).Make() is var file ? PointInto(file) : [] },
            { "no settings", Short, Items(one with { Properties = [(size, false)] }) },
            { "two settings", Malformed, Items(one with { Properties = [(settings, true), (TestHeic.Box("hvcC", TestHeic.SettingsWith(39, [78, 1, 1, 1])), true), (size, false)] }) },
            { "no size", Short, Items(one with { Properties = [(settings, true)] }) },
            { "two sizes", Malformed, Items(one with { Properties = [(settings, true), (size, false), (TestHeic.Size(64, 63), false)] }) },
            { "no width", Malformed, Sized(0, 64) },
            { "another size than coded", Malformed, Sized(56, 64) },
            { "a larger size than coded", Malformed, Sized(65, 64) },
            { "too wide", "picture-too-large-dimensions", Sized(16_385, 1) },
            { "too many pixels", "picture-too-large-dimensions", Sized(16_000, 4_001) },
            { "impossible", "picture-too-large-dimensions", Sized(-1, -1) },
            { "an unknown need", Rare, Items(TestHeic.Picture(1, (TestHeic.Box("lsel", [0, 1]), true))) },
            { "unknown colours that it needs", Rare, Items(TestHeic.Picture(1, (TestHeic.Box("colr", "nclc123456"u8), true))) },
            { "colours twice", Malformed, Items(TestHeic.Picture(1, (TestHeic.Box("colr", [.. "nclx"u8, 0, 1, 0, 1, 0, 1, 0]), true), (TestHeic.Box("colr", [.. "nclx"u8, 0, 9, 0, 1, 0, 1, 0]), true))) },
            { "turned twice", Rare, Items(TestHeic.Picture(1, (TestHeic.Box("irot", [1]), true), (TestHeic.Box("irot", [2]), true))) },
            { "a turn with more", Malformed, Items(TestHeic.Picture(1, (TestHeic.Box("irot", [1, .. Canary]), true))) },
            { "a frame outside", Malformed, Items(TestHeic.Picture(1, (HeicScrubTests.Frame(32, 1, 32, 1, 40, 1, 0, 1), true))) },
            { "a frame larger than it", Malformed, Items(TestHeic.Picture(1, (HeicScrubTests.Frame(65, 1, 32, 1, 0, 1, 0, 1), true))) },
            { "a frame of nothing", Rare, Items(TestHeic.Picture(1, (HeicScrubTests.Frame(0, 1, 32, 1, 0, 1, 0, 1), true))) },
            { "a frame by nothing", Rare, Items(TestHeic.Picture(1, (HeicScrubTests.Frame(5, 0, 32, 1, 0, 1, 0, 1), true))) },
            { "a frame between pixels", Rare, Items(TestHeic.Picture(1, (HeicScrubTests.Frame(65, 2, 32, 1, 0, 1, 0, 1), true))) },
            { "no tiles", Malformed, (tiles with { References = [] }).Make() },
            { "tiles twice", Malformed, (tiles with { References = [("dimg", 5, [1, 2, 3, 4]), ("dimg", 5, [1, 2, 3, 4])] }).Make() },
            { "one tile twice", Rare, (tiles with { References = [("dimg", 5, [1, 2, 3, 3])] }).Make() },
            { "a grid of itself", Rare, (tiles with { References = [("dimg", 5, [1, 2, 3, 5])] }).Make() },
            { "a missing tile", Short, (tiles with { References = [("dimg", 5, [1, 2, 3, 9])] }).Make() },
            { "a tile too few", Malformed, (tiles with { References = [("dimg", 5, [1, 2, 3])] }).Make() },
            { "tiles beyond the edge", Malformed, Grid([0, 0, 1, 1, 0, 64, 0, 128], 64, 128) },
            { "tiles that do not reach", Malformed, Grid([0, 0, 1, 1, 0, 129, 0, 128], 129, 128) },
            { "a grid of another size", Malformed, Grid([0, 0, 1, 1, 0, 120, 0, 127], 120, 128) },
            { "a grid with more", Malformed, Grid([0, 0, 1, 1, 0, 120, 0, 128, 1], 120, 128) },
            { "a grid with much more", Malformed, Grid([0, 0, 1, 1, 0, 120, 0, 128, .. Canary], 120, 128) },
            { "a grid cut short", Malformed, Grid([0, 0, 1, 1, 0, 120], 120, 128) },
            { "turned tiles", Rare, (tiles with { Items = [TestHeic.Picture(1, (TestHeic.Box("irot", [1]), true)), .. tiles.Items[1..]] }).Make() },
            { "settings of another version", Rare, Settings(TestHeic.Settings, 0, 2) },
            { "lengths of three bytes", Malformed, Settings(TestHeic.Settings, 21, 0x0E) },
            { "more behind the settings", Malformed, Settings([.. TestHeic.Settings, .. Canary]) },
            { "settings cut short", Malformed, Settings(TestHeic.Settings[..^3]) },
            { "text in settings", Malformed, Settings(TestHeic.SettingsWith(34, [34 << 1, 1, .. "N 51.501364 W 0.1419"u8])) },
            { "bytes behind settings", Rare, Settings(TestHeic.SettingsWith(34, [34 << 1, 1, 0xC1, 0x72, 0xB0, 0x22, 0x40, 1, 2, 3, 0x80])) },
            { "settings of another kind", Malformed, Settings(TestHeic.SettingsWith(34, [33 << 1, 1, 0xC1, 0x72])) },
            { "settings of a layer", Malformed, Settings(TestHeic.SettingsWith(34, [34 << 1, 9, 0xC1, 0x72])) },
            { "stray bytes behind the picture", Malformed, Units([.. TestHeic.Coded, 0, 0]) },
            { "a text behind the picture", Malformed, Units([.. TestHeic.Coded, .. Canary]) },
            { "a text within the last unit", Malformed, Units([.. TestProfile.Four(TestHeic.Coded.Length - 4 + 24), .. TestHeic.Coded[4..], .. "51.501364 N, 0.14189 W  "u8]) },
            { "countless settings", Rare, Units([.. Enumerable.Repeat(TestHeic.Unit(34, [0xC1, 0x72, 0xB0, 0x22, 0x40]), 65).SelectMany(unit => unit), .. TestHeic.Coded]) },
            { "a unit of nothing", Malformed, Units([.. TestHeic.Coded, 0, 0, 0, 0]) },
            { "no picture", Short, Units(TestHeic.Unit(39, Canary)) },
            { "two pictures in one", Malformed, Units([.. TestHeic.Coded, .. TestHeic.Coded]) },
            { "the end of a picture", Malformed, Units(TestHeic.Unit(20, [0x20, 1, 2, 3])) },
            { "a picture of a film", Rare, Units(TestHeic.Unit(1, [0x80, 1, 2, 3])) },
            { "a picture of no known kind", Rare, Units(TestHeic.Unit(23, [0x80, 1, 2, 3])) },
            { "a layer", Rare, Units([0, 0, 0, 5, 20 << 1, 9, 0x80, 1, 2]) },
            { "settings too late", Malformed, Units([.. TestHeic.Coded, .. TestHeic.Unit(34, [0xC1, 0x72, 0xB0, 0x22, 0x40])]) },
            { "countless items", Rare, Patched("iinf", 4, 0xFF) },
            { "countless places", Rare, Patched("iloc", 6, 0xFF) },
            { "a property of a missing number", Malformed, Patched("ipma", 11, 0x7F) },
            { "an index of films", Malformed, Patched("hdlr", 8, (byte)'v') },
            { "an unknown version of places", Rare, Patched("iloc", 0, 3) },
            { "an unknown version of the primary", Rare, Patched("pitm", 0, 2) },
            { "offsets of three bytes", Malformed, Patched("iloc", 4, 0x34) },
            { "more behind places", Malformed, Patched("iloc", 7, 0) },
        };
        return rows;

        static byte[] Items(params TestItem[] items) => new TestHeic { Items = items }.Make();
        static byte[] Sized(int width, int height) =>
            Items(new TestItem(1, "hvc1", TestHeic.Coded) { Properties = [(TestHeic.Box("hvcC", TestHeic.Settings), true), (TestHeic.Size(width, height), false)] });
        static byte[] Grid(byte[] grid, int width, int height)
        {
            var tiles = TestHeic.Tiles();
            return (tiles with { Items = [.. tiles.Items[..4], tiles.Items[4] with { Data = grid, Properties = [(TestHeic.Size(width, height), false)] }] }).Make();
        }
        static byte[] Settings(byte[] settings, int at = 0, byte value = 1)
        {
            settings = [.. settings];
            settings[at] = value;
            return Items(new TestItem(1, "hvc1", TestHeic.Coded) { Properties = [(TestHeic.Box("hvcC", settings), true), (TestHeic.Size(64, 64), false)] });
        }
        static byte[] Units(byte[] units) => Items(TestHeic.Picture(1) with { Data = units });
        static byte[] Patched(string box, int at, byte value)
        {
            var file = new TestHeic().Make();
            file[file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(box)) + 4 + at] = value;
            return file;
        }
        // Places of 16 bytes each, behind 8 bytes of iloc: id, method, source, number of pieces, offset, length.
        static byte[] Point(byte[] file, int item, int likeItem)
        {
            var places = file.AsSpan().IndexOf("iloc"u8) + 4 + 8;
            file.AsSpan(places + (likeItem - 1) * 16 + 8, 8).CopyTo(file.AsSpan(places + (item - 1) * 16 + 8));
            return file;
        }
        static byte[] PointInto(byte[] file)
        {
            var places = file.AsSpan().IndexOf("iloc"u8) + 4 + 8;
            var offset = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(places + 8));
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(places + 16 + 8), offset + 10);
            return file;
        }
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        foreach (var file in (byte[][])[TestHeic.Tiles().WithMetadata().Make(), Pictures.Clean(TestHeic.Tiles().Make())])
            for (var length = 12; length < file.Length; length++)
                Assert.Contains(Pictures.Refused(file[..length]), (string[])["picture-truncated", "picture-malformed"]);
    }

    [Fact]
    public void A_box_in_a_box_in_a_box_tires_nobody()
    {
        byte[] nested = [];
        for (var depth = 0; depth < 20_000; depth++) nested = TestHeic.Box("meta", nested.Length < 60_000 ? [0, 0, 0, 0, .. nested] : [0, 0, 0, 0]);
        Assert.Equal("picture-malformed", Pictures.Refused([.. TestHeic.Box("ftyp", "heic\0\0\0\0mif1heic"u8), .. nested]));
    }
}
