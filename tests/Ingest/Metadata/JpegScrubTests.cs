using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class JpegScrubTests
{
    [Fact]
    public void An_ipad_photo_loses_everything_but_its_picture_and_its_orientation()
    {
        var clean = Pictures.Clean(Pictures.Ipad, out var picture);

        foreach (var word in (string[])["Apple", "iPad", "Hebden", "GPS", "Teacher", "classroom", "2026:05:12", "DMPXK0Q1F9K7", "xmpmeta", "Photoshop", "17.5.1"])
            Assert.False(Pictures.Holds(clean, word), word);
        Assert.Equal(["camera-details", "caption-fields", "comment", "editing-history", "location", "thumbnail"], picture.Removed.Select(r => r.Code).Order());
        Assert.Equal((200, 150, 150, 200, 6), (picture.Width, picture.Height, picture.ShownWidth, picture.ShownHeight, picture.Orientation));
        Assert.Equal(PictureKind.Jpeg, picture.Kind);
        Assert.Empty(picture.Flags);
    }

    [Theory]
    [MemberData(nameof(Carriers))]
    public void No_carrier_gets_a_word_through(string carrier, byte[] file)
    {
        Assert.True(Pictures.Holds(file, Pictures.Canary), carrier);
        var clean = Pictures.Clean(file);
        Assert.False(Pictures.Holds(clean, Pictures.Canary), carrier);
        Assert.Equal(Tools.Djpeg(file), Tools.Djpeg(clean));
    }

    public static TheoryData<string, byte[]> Carriers()
    {
        byte[] canary = Encoding.ASCII.GetBytes(Pictures.Canary), bare = Pictures.Bare;
        var rows = new TheoryData<string, byte[]>();
        for (var app = 0xE0; app <= 0xEF; app++) rows.Add($"APP{app - 0xE0}", Pictures.WithSegment(bare, (byte)app, canary));
        foreach (var (name, marker, head) in ((string, byte, byte[])[])
                 [("JFIF thumbnail", 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 1, 4]), ("JFXX", 0xE0, [.. "JFXX\0"u8, 0x10]),
                     ("Exif", 0xE1, [.. "Exif\0\0MM\0*\0\0\0\u0008\0\0\0\0\0\0"u8]), ("XMP", 0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8]),
                     ("extended XMP", 0xE1, [.. "http://ns.adobe.com/xmp/extension/\0"u8]), ("MPF", 0xE2, [.. "MPF\0"u8]), ("FPXR", 0xE2, [.. "FPXR\0"u8]),
                     ("damaged profile", 0xE2, [.. "ICC_PROFILE\0\u0001\u0001"u8]), ("JUMBF", 0xEB, [.. "JP"u8]), ("Ducky", 0xEC, [.. "Ducky"u8]),
                     ("IPTC", 0xED, [.. "Photoshop 3.0\0"u8]), ("padded Adobe mark", 0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 1]), ("COM", 0xFE, [])])
            rows.Add(name, Pictures.WithSegment(bare, marker, [.. head, .. canary]));
        var quantisers = Pictures.Find(bare, 0xDB);
        var scan = Pictures.Find(bare, 0xDA);
        rows.Add("COM between tables", Pictures.Insert(bare, quantisers, Pictures.Segment(0xFE, canary)));
        rows.Add("APP1 before the scan", Pictures.Insert(bare, scan, Pictures.Segment(0xE1, canary)));
        rows.Add("COM before the end", Pictures.Insert(bare, bare.Length - 2, Pictures.Segment(0xFE, canary)));
        rows.Add("Exif before the end", Pictures.Insert(bare, bare.Length - 2, Pictures.Segment(0xE1, [.. "Exif\0\0"u8, .. canary])));
        rows.Add("a quantiser that nothing needs", Pictures.WithSegment(bare, 0xDB, [3, .. canary, .. Enumerable.Repeat((byte)1, 53)]));
        rows.Add("a quantiser that is replaced", Pictures.WithSegment(bare, 0xDB, [0, .. canary, .. Enumerable.Repeat((byte)1, 53)]));
        rows.Add("a quantiser behind the scan", Pictures.Insert(bare, bare.Length - 2, Pictures.Segment(0xDB, [0, .. canary, .. Enumerable.Repeat((byte)1, 53)])));
        rows.Add("text behind the end", [.. bare, .. canary]);
        rows.Add("a film behind the end", [.. bare, 0, 0, 0, 32, .. "ftypmp42"u8, .. canary]);
        rows.Add("a second picture", [.. bare, .. Pictures.WithSegment(bare, 0xFE, canary)]);
        return rows;
    }

    [Theory]
    [InlineData(0xDB)]
    [InlineData(0xC4)]
    [InlineData(0xC0)]
    [InlineData(0xDA)]
    public void A_padded_table_is_refused(byte marker)
    {
        var at = Pictures.Find(Pictures.Bare, marker);
        var length = (Pictures.Bare[at + 2] << 8) + Pictures.Bare[at + 3];
        byte[] padded = Pictures.Insert(Pictures.Bare, at + 2 + length, Encoding.ASCII.GetBytes(Pictures.Canary));
        padded[at + 2] = (byte)(length + Pictures.Canary.Length >> 8);
        padded[at + 3] = (byte)(length + Pictures.Canary.Length);
        Assert.Equal("picture-malformed", Pictures.Refused(padded));
    }

    [Fact]
    public void A_text_as_code_table_is_refused()
    {
        byte[] table = [0, 0, 0, 0, 0, 11, .. new byte[11], .. Encoding.ASCII.GetBytes(Pictures.Canary)];
        Assert.Equal("picture-malformed", Pictures.Refused(Pictures.WithSegment(Pictures.Bare, 0xC4, table)));
    }

    [Fact]
    public void A_text_between_the_last_pixel_and_the_end_is_refused() =>
        Assert.Equal("picture-malformed", Pictures.Refused(Pictures.Insert(Pictures.Bare, Pictures.Bare.Length - 2, "lat 51.501364 lon -0.14189"u8)));

    [Fact]
    public void Progressive_and_restarting_pictures_keep_their_pixels()
    {
        foreach (var file in (byte[][])[Tools.Progressive(Pictures.Ipad), Tools.Restarting(Pictures.Ipad)])
        {
            var clean = Pictures.Clean(file);
            Assert.Equal(Tools.Djpeg(Pictures.Ipad), Tools.Djpeg(clean));
            Assert.False(Pictures.Holds(clean, "Hebden"));
        }
    }

    [Theory]
    [InlineData(0xC3)]
    [InlineData(0xC5)]
    [InlineData(0xC9)]
    [InlineData(0xCA)]
    [InlineData(0xCC)]
    [InlineData(0xDC)]
    [InlineData(0xDE)]
    [InlineData(0xF7)]
    public void Arithmetic_lossless_and_layered_coding_are_refused(byte marker) =>
        Assert.Equal("picture-unsupported-coding", Pictures.Refused(Pictures.WithSegment(Pictures.Bare, marker, [0, 1, 2, 3])));

    [Fact]
    public void Of_two_pictures_in_one_file_the_second_is_cut_and_reported()
    {
        Pictures.Clean([.. Pictures.Bare, .. Pictures.Ipad], out var picture);
        Assert.Equal(["second-picture"], picture.Removed.Select(r => r.Code));
    }

    [Fact]
    public void A_motion_photo_loses_its_film()
    {
        Pictures.Clean([.. Pictures.Bare, 0, 0, 0, 24, .. "ftypmp42"u8, .. new byte[40]], out var picture);
        Assert.Equal(["video"], picture.Removed.Select(r => r.Code));
    }

    [Fact]
    public void Cleaning_again_changes_nothing_and_finds_nothing()
    {
        var once = Pictures.Clean(Pictures.Ipad);
        var twice = Pictures.Clean(once, out var picture);
        Assert.Equal(once, twice);
        Assert.Empty(picture.Removed);
    }

    [Fact]
    public void The_coded_picture_is_the_same_whatever_was_written_around_it()
    {
        using var one = PictureScrubber.Scrub(Pictures.Ipad);
        using var other = PictureScrubber.Scrub(DemoPictures.Jpeg(new DemoPicture { Width = 200, Height = 150, Orientation = 3, Comment = "another", Place = null }));
        using var different = PictureScrubber.Scrub(DemoPictures.Jpeg(new DemoPicture { Width = 200, Height = 150, Seed = 2 }));
        Assert.Equal(Pictures.Coded(one), Pictures.Coded(other));
        Assert.NotEqual(Pictures.Coded(one), Pictures.Coded(different));
    }

    [Fact]
    public void The_pixels_stay_as_they_were()
    {
        var large = DemoPictures.Jpeg(new DemoPicture { Width = 1603, Height = 1201, TakenAt = Pictures.Taken });
        Assert.Equal(Tools.Djpeg(large), Tools.Djpeg(Pictures.Clean(large)));
    }

    [Fact]
    public void A_jfif_mark_stays_without_its_thumbnail_because_decoders_tell_colours_by_it()
    {
        var clean = Pictures.Clean(Pictures.WithSegment(Pictures.Bare, 0xE0, [.. "JFIF\0"u8, 1, 2, 1, 0, 72, 0, 72, 1, 1, 9, 9, 9]));
        Assert.Equal<byte>([0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0], clean[2..20]);
    }

    [Fact]
    public void Exiftool_sees_nothing_but_structure_and_orientation()
    {
        var seen = Tools.Exiftool(Pictures.Clean(Pictures.Ipad)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(seen, line => line.Contains("Orientation", StringComparison.Ordinal) && line.Contains("90", StringComparison.Ordinal));
        Assert.DoesNotContain(seen, line => !(line.StartsWith("[File]", StringComparison.Ordinal) || line.StartsWith("[ExifTool]", StringComparison.Ordinal)
            || line.StartsWith("[Composite]", StringComparison.Ordinal) || line.StartsWith("[System]", StringComparison.Ordinal)
            || line.Contains("Orientation", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(16_385, 10)]
    [InlineData(10, 16_385)]
    [InlineData(8_001, 8_000)]
    [InlineData(65_535, 65_535)]
    public void Too_many_pixels_are_refused_by_the_header(int width, int height)
    {
        var file = (byte[])Pictures.Bare.Clone();
        var frame = Pictures.Find(file, 0xC0);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) = ((byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width);
        Assert.Equal("picture-too-large-dimensions", Pictures.Refused(file));
    }

    [Fact]
    public void A_picture_cut_anywhere_is_refused()
    {
        for (var length = 2; length < Pictures.Ipad.Length; length++)
            Assert.Contains(Pictures.Refused(Pictures.Ipad[..length]), (string[])["picture-truncated", "picture-malformed"]);
    }
}
