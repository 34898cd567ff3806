using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class HeicReadingTests
{
    private static PictureReading Read(byte[] file) => PictureReading.Read(file, TimeZoneInfo.Utc, new DateTimeOffset(2026, 6, 1, 8, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 7)]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    public void Date_camera_and_place_are_read_wherever_the_Exif_item_lies(int method, int pieces)
    {
        var reading = Read((new TestHeic { Slack = [1, 2, 3] }).With(new(2, "Exif", TestHeic.Exif) { Method = method, Pieces = pieces }, ("cdsc", 2, [1])).Make());
        Assert.Equal((Pictures.Taken, TakenFrom.Picture, true), (reading.TakenAt, reading.TakenFrom, reading.HasLocation));
        Assert.Equal((new DemoPicture().Make, new DemoPicture().Model), (reading.CameraMake, reading.CameraModel));
    }

    [Fact]
    public void A_place_in_XMP_or_IPTC_is_seen()
    {
        Assert.True(Read(new TestHeic().With(new(2, "mime", TestHeic.Xmp) { Mime = "application/rdf+xml\0" }).Make()).HasLocation);
        Assert.True(Read(new TestHeic().With(new(2, "iptc", [0x1C, 2, 90, 0, 4, .. "Here"u8])).Make()).HasLocation);
        Assert.False(Read(new TestHeic().With(new(2, "mime", "<x/>"u8.ToArray()) { Mime = "application/rdf+xml\0" }).Make()).HasLocation);
        Assert.False(Read(new TestHeic().Make()).HasLocation);
    }

    [Fact]
    public void Of_two_Exif_items_the_one_of_the_picture_counts()
    {
        byte[] other = [0, 0, 0, 6, .. "Exif\0\0"u8, .. DemoMetadata.Tiff(new DemoPicture { TakenAt = Pictures.Taken.AddDays(-3) }, [])];
        var file = new TestHeic().With(TestHeic.Picture(2)).With(new(3, "Exif", other), ("cdsc", 3, [2])).With(new(4, "Exif", TestHeic.Exif), ("cdsc", 4, [1]));
        Assert.Equal(Pictures.Taken, Read(file.Make()).TakenAt);
    }

    [Fact]
    public void An_offset_that_is_wrong_does_not_hide_what_stands_behind_it()
    {
        byte[] wrong = [0, 0, 0, 0, .. TestHeic.Exif[4..]];
        Assert.Equal(Pictures.Taken, Read(new TestHeic().With(new(2, "Exif", wrong)).Make()).TakenAt);
        Assert.Equal(TakenFrom.Received, Read(new TestHeic().With(new(2, "Exif", [0xFF, 0xFF, 0xFF, 0xFF])).Make()).TakenFrom);
    }

    [Fact]
    public void Items_that_all_point_at_the_same_bytes_tire_nobody()
    {
        var many = Enumerable.Range(2, 4_000).Select(id => new TestItem(id, "mime", []) { Mime = "application/rdf+xml\0", Place = (0, 400_000) });
        var file = (new TestHeic { Items = [TestHeic.Picture(1), .. many], BeforeData = TestHeic.Box("free", new byte[600_000]) }).Make();
        Assert.False(Read(file).HasLocation);
        Assert.Equal(Pictures.Clean(new TestHeic().Make()), Pictures.Clean(file));
    }
}
