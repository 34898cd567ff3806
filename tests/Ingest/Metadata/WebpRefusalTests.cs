using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class WebpRefusalTests
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes("lat 51.501364, long -0.14189");

    private static readonly byte[] Lossy = TestWebp.Chunk("VP8 ", TestWebp.Lossy), Lossless = TestWebp.Chunk("VP8L", TestWebp.Lossless),
        Alpha = TestWebp.Chunk("ALPH", TestWebp.Transparent.Alpha);

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_not_understood_is_refused(string why, string type, byte[] file) => Assert.Equal((why, type), (why, Pictures.Refused(file)));

    public static TheoryData<string, string, byte[]> Bad() => new()
    {
        { "animated by its flag", "picture-animated", TestWebp.Make(2) },
        { "animated by a chunk", "picture-animated", TestWebp.Make(behind: TestWebp.Chunk("ANMF", new byte[24])) },
        { "animated without pixels of its own", "picture-animated", TestWebp.File(TestWebp.Canvas(2), TestWebp.Chunk("ANIM", new byte[6])) },
        { "no pixels", "picture-truncated", TestWebp.File(TestWebp.Canvas(0), TestWebp.Chunk("XMP ", Text)) },
        { "length of nothing", "picture-malformed", [.. "RIFF\0\0\0\0"u8, .. TestWebp.Make()[8..]] },
        { "length of more than there is", "picture-truncated", Changed(TestWebp.Make(), 6, 1) },
        { "chunk longer than the file", "picture-malformed", Changed(TestWebp.File(Lossy), 18, 1) },
        { "chunk of four gigabytes", "picture-malformed", Changed(TestWebp.File(Lossy), 19, 0xFF) },
        { "begins with something else", "picture-malformed", TestWebp.File(TestWebp.Chunk("XMP ", Text), Lossy) },
        { "transparency first", "picture-malformed", TestWebp.File(Alpha, TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy)) },
        { "transparency behind", "picture-malformed", TestWebp.Make(TestWebp.Alpha, behind: Alpha) },
        { "transparency twice", "picture-malformed", TestWebp.Make(TestWebp.Alpha, [.. Alpha, .. Alpha]) },
        { "transparency of lossless pixels", "picture-malformed", TestWebp.File(TestWebp.Canvas(TestWebp.Alpha), Alpha, Lossless) },
        { "transparency that is not announced", "picture-malformed", TestWebp.Make(before: Alpha) },
        { "transparency packed in another way", "picture-malformed", TestWebp.Make(TestWebp.Alpha, TestWebp.Chunk("ALPH", [2, 1])) },
        { "transparency with reserved bits", "picture-malformed", TestWebp.Make(TestWebp.Alpha, TestWebp.Chunk("ALPH", [0x41, 1])) },
        { "transparency of nothing", "picture-truncated", TestWebp.Make(TestWebp.Alpha, TestWebp.Chunk("ALPH", [0])) },
        { "transparency too short", "picture-truncated", TestWebp.Make(TestWebp.Alpha, TestWebp.Chunk("ALPH", new byte[TestWebp.Width * TestWebp.Height])) },
        { "data behind plain transparency", "picture-malformed", TestWebp.Make(TestWebp.Alpha, TestWebp.Chunk("ALPH", new byte[TestWebp.Width * TestWebp.Height + 2])) },
        { "text behind packed transparency", "picture-malformed", TestWebp.Make(TestWebp.Alpha, TestWebp.Chunk("ALPH", [.. TestWebp.Transparent.Alpha, .. Text])) },
        { "two headers", "picture-malformed", TestWebp.Make(before: TestWebp.Canvas(0)) },
        { "two pictures", "picture-malformed", TestWebp.Make(before: Lossy) },
        { "two pictures of two kinds", "picture-malformed", TestWebp.Make(behind: Lossless) },
        { "a header that is too long", "picture-malformed", TestWebp.File(TestWebp.Chunk("VP8X", new byte[12]), Lossy) },
        { "another canvas", "picture-malformed", TestWebp.File(TestWebp.Canvas(0, 42, 30), Lossy) },
        { "a canvas too wide", "picture-too-large-dimensions", TestWebp.File(TestWebp.Canvas(0, 16_385, 1), Lossy) },
        { "a canvas with too many pixels", "picture-too-large-dimensions", TestWebp.File(TestWebp.Canvas(2, 16_000, 4_001), Lossy) },
        { "too many lossy pixels", "picture-too-large-dimensions", TestWebp.File(TestWebp.Chunk("VP8 ", [.. TestWebp.Lossy[..6], 0xFF, 0x3F, 0xFF, 0x3F, .. TestWebp.Lossy[10..]])) },
        { "too many lossless pixels", "picture-too-large-dimensions", TestWebp.File(TestWebp.Chunk("VP8L", [0x2F, 0xFF, 0xFF, 0xFF, 0x0F, .. TestWebp.Lossless[5..]])) },
        { "no lossy pixels", "picture-malformed", TestWebp.File(TestWebp.Chunk("VP8 ", [.. TestWebp.Lossy[..6], 0, 0, 1, 0, .. TestWebp.Lossy[10..]])) },
        { "to be enlarged", "picture-unsupported-coding", InFrame(7, 0x40) },
        { "of a film", "picture-malformed", InFrame(0, 1) },
        { "of no known profile", "picture-malformed", InFrame(0, 8) },
        { "not shown", "picture-malformed", InFrame(0, 0x10) },
        { "without its sign", "picture-malformed", InFrame(4, 1) },
        { "lossless without its sign", "picture-malformed", TestWebp.File(Changed(Lossless, 8, 1)) },
        { "lossless of another version", "picture-malformed", TestWebp.File(Changed(Lossless, 12, 0x20)) },
        { "no coded data", "picture-truncated", TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy.AsSpan(0, 9))) },
        { "no lossless data", "picture-truncated", TestWebp.File(TestWebp.Chunk("VP8L", TestWebp.Lossless.AsSpan(0, 5))) },
        { "a first partition beyond the end", "picture-malformed", TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy.AsSpan(0, 20))) },
        { "text behind lossy pixels", "picture-malformed", TestWebp.File(TestWebp.Chunk("VP8 ", [.. TestWebp.Lossy, .. Text])) },
        { "text and zeros behind lossy pixels", "picture-malformed", TestWebp.File(TestWebp.Chunk("VP8 ", [.. TestWebp.Lossy, .. Text, 0, 0, 0])) },
        { "pixels that swallow another part", "picture-malformed", Swallowing(Lossy) },
        { "lossless pixels that swallow another part", "picture-malformed", Swallowing(Lossless) },
        { "transparency that swallows another part", "picture-malformed",
            TestWebp.File(TestWebp.Canvas(TestWebp.Alpha), Swallowing(Alpha)[12..], TestWebp.Chunk("VP8 ", TestWebp.Transparent.Lossy)) },
        { "text behind lossless pixels", "picture-malformed", TestWebp.File(TestWebp.Chunk("VP8L", [.. TestWebp.Lossless, .. Text])) },
    };

    private static byte[] Changed(byte[] file, int at, byte bits)
    {
        var changed = (byte[])file.Clone();
        changed[at] ^= bits;
        return changed;
    }

    private static byte[] Swallowing(byte[] chunk) =>
        TestWebp.File(TestWebp.Chunk(Encoding.ASCII.GetString(chunk, 0, 4), [.. chunk[8..], .. TestWebp.Chunk("EXIF", DemoMetadata.Tiff(new DemoPicture(), [])), 1, 0]));

    private static byte[] InFrame(int at, byte bits) => TestWebp.File(TestWebp.Chunk("VP8 ", Changed(TestWebp.Lossy, at, bits)));

    private const string Plain = "00 0 0 000000 000 0 ", Adjusted = "01 0 1 111111 101 1 1 1 0101011 0 0 0 1 1111110 0 0 1 0000001 ",
        Segments = "00 1 1 1 1 1 10101010 0 0 1 11111111 1 1111111 0 0 0 1 01010101 0 1 11001100 0 000001 000 1 0 ";

    [Theory]
    [InlineData(Plain + "00", 1)]
    [InlineData(Plain + "01", 2)]
    [InlineData(Plain + "10", 4)]
    [InlineData(Plain + "11", 8)]
    [InlineData(Adjusted + "10", 4)]
    [InlineData(Adjusted + "11", 8)]
    [InlineData(Segments + "01", 2)]
    [InlineData(Segments + "11", 8)]
    public void Each_partition_is_looked_at(string bits, int count)
    {
        var partitions = Enumerable.Range(1, count).Select(k => Enumerable.Repeat((byte)(0xF0 | k), 20 + k).ToArray()).ToArray();
        byte[] Frame(byte[] tail, byte[][] parts) => TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Frame(bits, tail, parts)));
        Pictures.Clean(Frame([1, 2, 3], partitions));
        Assert.Equal("picture-malformed", Pictures.Refused(Frame(Text, partitions)));
        for (var k = 0; k < count; k++)
        {
            var with = partitions.ToArray();
            with[k] = [.. with[k], .. Text];
            Assert.Equal("picture-malformed", Pictures.Refused(Frame([], with)));
            var file = Frame([], with);
            Assert.Equal("picture-check-failed", Assert.Throws<PictureRefused>(() => PictureCheck.Verify(file)).Type);
        }
        if (count == 1) return;
        var lies = Frame([], partitions);
        lies[20 + TestWebp.Frame(bits, [], [[]]).Length + 1] = 1;
        Assert.Equal("picture-malformed", Pictures.Refused(lies));
        Assert.Equal("picture-truncated", Pictures.Refused(Frame([], [.. partitions[..^1], []])));
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        var file = TestWebp.Make(TestWebp.Xmp, behind: TestWebp.Chunk("XMP ", Text));
        for (var length = 12; length < file.Length; length++) Assert.Equal("picture-truncated", Pictures.Refused(file[..length]));
    }

    [Fact]
    public void Millions_of_chunks_tire_nobody()
    {
        var many = Enumerable.Repeat(TestWebp.Chunk("EXIF", []), 1_000_000).SelectMany(chunk => chunk).ToArray();
        Assert.Equal(TestWebp.File(Lossy), Pictures.Clean(TestWebp.Make(TestWebp.Exif, behind: many)));
    }
}
