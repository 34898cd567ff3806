using System.Text;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class ColourProfileTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void A_profile_keeps_its_numbers_and_loses_its_words(int version)
    {
        var profile = TestProfile.Display(version);
        var clean = Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, profile), out var picture);
        var rewritten = TestProfile.FromJpeg(clean);

        Assert.False(Pictures.Holds(clean, Pictures.Canary));
        Assert.False(Pictures.Holds(clean, "appl") || Pictures.Holds(clean, "APPL"));
        foreach (var tag in (string[])["wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC", "chad"])
            Assert.Equal(TestProfile.Element(profile, tag), TestProfile.Element(rewritten, tag));
        foreach (var tag in (string[])["dmdd", "vcgt", "mmod", "meta"]) Assert.Empty(TestProfile.Element(rewritten, tag));
        Assert.NotEmpty(TestProfile.Element(rewritten, "desc"));
        Assert.Equal(["profile-text"], picture.Removed.Select(r => r.Code));
        Assert.Empty(picture.Flags);
    }

    [Fact]
    public void A_profile_in_many_parts_is_put_together_and_a_png_gets_the_same_one()
    {
        var profile = TestProfile.Display(4);
        var whole = TestProfile.FromJpeg(Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, profile)));
        Assert.Equal(whole, TestProfile.FromJpeg(Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, profile, each: 100))));

        var png = Pictures.Clean(TestPng.Make(TestPng.Chunk("iCCP", [.. Encoding.ASCII.GetBytes(Pictures.Canary), 0, 0, .. TestPng.Zlib(profile)])));
        var chunk = TestPng.Read(png).Single(c => c.Type == "iCCP").Data;
        Assert.Equal("icc\0\0"u8.ToArray(), chunk[..5]);
        Assert.Equal(whole, TestPng.Unzlib(chunk[5..]));
    }

    [Fact]
    public void A_large_profile_is_cut_into_full_segments()
    {
        var table = new byte[52 + 2 * (3 * 256 + 33 * 33 * 33 * 3 + 3 * 256)];
        new Random(3).NextBytes(table);
        byte[] head = [.. "mft2\0\0\0\0\u0003\u0003\u0021\0"u8, .. new byte[36], 1, 0, 1, 0];
        head.CopyTo(table, 0);
        var profile = TestProfile.Make(4, "RGB ", ("desc", TestProfile.Text("desc")), ("A2B0", table), ("A2B1", table), ("wtpt", TestProfile.Point(1, 2, 3)));
        var rewritten = TestProfile.FromJpeg(Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, profile)));
        Assert.Equal(table, TestProfile.Element(rewritten, "A2B0"));
        Assert.Equal(table, TestProfile.Element(rewritten, "A2B1"));
    }

    [Fact]
    public void A_curves_table_is_put_in_order_without_what_stood_between_its_parts()
    {
        byte[] canary = Encoding.ASCII.GetBytes(Pictures.Canary + "x"), curves = [.. TestProfile.Curve, .. TestProfile.Curve, .. TestProfile.Curve];
        byte[] grid = [2, 2, 2, .. new byte[13], 1, 0, 0, 0, .. Enumerable.Range(0, 24).Select(n => (byte)n)];
        byte[] table = [.. "mAB \0\0\0\0\u0003\u0003\0\0"u8, .. TestProfile.Four(44), .. TestProfile.Four(0), .. TestProfile.Four(0), .. TestProfile.Four(44 + curves.Length),
            .. TestProfile.Four(44), .. canary, .. curves, .. grid, .. canary];
        var profile = TestProfile.Make(4, "RGB ", ("A2B0", table));
        var element = TestProfile.Element(TestProfile.FromJpeg(Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, profile))), "A2B0");
        Assert.Equal<byte>([.. "mAB \0\0\0\0\u0003\u0003\0\0"u8, .. TestProfile.Four(32), .. TestProfile.Four(0), .. TestProfile.Four(0), .. TestProfile.Four(32 + curves.Length),
            .. TestProfile.Four(32), .. curves, .. grid], element);
    }

    [Fact]
    public void A_grey_picture_keeps_a_grey_profile_and_no_other()
    {
        var grey = TestPng.Make(TestPng.Chunk("iCCP", [.. "x\0\0"u8, .. TestPng.Zlib(TestProfile.Grey)]), header: TestPng.Header(40, 30, 8, 0), packed: TestPng.Zlib(TestPng.Rows(30, 40)));
        Assert.Contains(TestPng.Read(Pictures.Clean(grey)), chunk => chunk.Type == "iCCP");
        Pictures.Clean(TestProfile.InJpeg(Pictures.Bare, TestProfile.Grey), out var colour);
        Assert.Equal(["colour-profile-dropped"], colour.Flags);
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_profile_is_dropped_and_said_so(string how, byte[] file)
    {
        var clean = Pictures.Clean(file, out var picture);
        Assert.Empty(TestProfile.FromJpeg(clean));
        Assert.Equal((how, "colour-profile-dropped"), (how, Assert.Single(picture.Flags)));
        Assert.Equal(["colour-profile"], picture.Removed.Select(r => r.Code));
    }

    public static TheoryData<string, byte[]> Damaged()
    {
        var rows = new TheoryData<string, byte[]>();
        var sound = TestProfile.Display(2);
        void Add(string how, Action<byte[]> damage)
        {
            var profile = (byte[])sound.Clone();
            damage(profile);
            rows.Add(how, TestProfile.InJpeg(Pictures.Bare, profile));
        }
        Add("longer than it is", p => p[2] = 0xFF);
        Add("no signature", p => p[36] = 0);
        Add("unknown version", p => p[8] = 9);
        Add("for paper colours", p => "CMYK"u8.CopyTo(p.AsSpan(16)));
        Add("countless tags", p => p[128] = 0x7F);
        Add("a tag outside", p => p[132 + 12 * 4 + 4] = 0x7F);
        Add("a tag of huge size", p => p[132 + 12 * 4 + 8] = 0x7F);
        Add("a tag in the header", p => p.AsSpan(132 + 12 * 4 + 4, 4).Clear());
        Add("a curve of words", p => "curv\0\0\0\0\0\0\0\u0004text bad"u8.CopyTo(p.AsSpan(p.AsSpan().IndexOf("para"u8))));
        Add("a white point of words", p => Encoding.ASCII.GetBytes(Pictures.Canary).CopyTo(p.AsSpan(p.AsSpan().IndexOf("XYZ \0\0\0\0"u8) + 8)));
        rows.Add("a missing part", Pictures.Insert(Pictures.Bare, 2, Pictures.Segment(0xE2, [.. "ICC_PROFILE\0"u8, 2, 2, .. sound])));
        rows.Add("nothing", Pictures.Insert(Pictures.Bare, 2, Pictures.Segment(0xE2, "ICC_PROFILE\0"u8)));
        return rows;
    }
}
