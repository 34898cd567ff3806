using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class PictureReadingTests
{
    private static readonly TimeZoneInfo London = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
    private static readonly DateTimeOffset Received = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    private static PictureReading Read(DemoPicture picture) => PictureReading.Read(DemoPictures.Jpeg(picture with { Width = 32, Height = 32 }), London, Received);

    [Fact]
    public void A_date_with_its_own_offset_is_taken_as_it_stands()
    {
        var reading = Read(new DemoPicture { TakenAt = new DateTimeOffset(2026, 5, 12, 10, 15, 30, TimeSpan.FromHours(9)) });
        Assert.Equal(new DateTimeOffset(2026, 5, 12, 1, 15, 30, TimeSpan.Zero), reading.TakenAt);
        Assert.Equal(TakenFrom.Picture, reading.TakenFrom);
    }

    [Theory]
    [InlineData(5, 11)]
    [InlineData(1, 12)]
    public void A_date_without_offset_is_a_date_of_the_school(int month, int hourUtc)
    {
        var reading = Read(new DemoPicture { TakenAt = new DateTimeOffset(2026, month, 12, 12, 0, 0, TimeSpan.Zero), WithOffset = false });
        Assert.Equal(new DateTimeOffset(2026, month, 12, hourUtc, 0, 0, TimeSpan.Zero), reading.TakenAt);
    }

    [Theory]
    [InlineData("1999-12-31T22:00:00Z", TakenFrom.Received)]
    [InlineData("2000-01-01T00:00:00Z", TakenFrom.Picture)]
    [InlineData("2026-06-02T08:00:00Z", TakenFrom.Picture)]
    [InlineData("2026-06-02T08:00:01Z", TakenFrom.Received)]
    public void An_impossible_date_gives_way_to_the_date_received(string taken, TakenFrom expected)
    {
        var reading = Read(new DemoPicture { TakenAt = DateTimeOffset.Parse(taken, System.Globalization.CultureInfo.InvariantCulture) });
        Assert.Equal(expected, reading.TakenFrom);
        if (expected == TakenFrom.Received) Assert.Equal(Received, reading.TakenAt);
    }

    [Fact]
    public void Without_a_date_the_date_received_counts()
    {
        var reading = Read(new DemoPicture());
        Assert.Equal((TakenFrom.Received, Received), (reading.TakenFrom, reading.TakenAt));
    }

    [Fact]
    public void Maker_and_model_are_read_tidied_and_bounded()
    {
        var reading = Read(new DemoPicture { Make = " Apple\n\u0007 ", Model = new string('x', 300) });
        Assert.Equal(("Apple", new string('x', 64)), (reading.CameraMake, reading.CameraModel));
        var none = Read(new DemoPicture { Make = null });
        Assert.Equal((null, null), (none.CameraMake, none.CameraModel));
    }

    [Fact]
    public void That_there_was_a_place_is_told_and_the_place_is_not()
    {
        var reading = Read(new DemoPicture { Place = (51.5, -0.12), City = "Lambeth" });
        Assert.True(reading.HasLocation);
        Assert.DoesNotContain("Lambeth", reading.ToString(), StringComparison.Ordinal);
        Assert.False(Read(new DemoPicture { Place = null }).HasLocation);
    }

    [Theory]
    [InlineData(0xE1, "http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='1'/>", true)]
    [InlineData(0xE1, "http://ns.adobe.com/xap/1.0/\0<x photoshop:City='Here'/>", true)]
    [InlineData(0xE1, "http://ns.adobe.com/xap/1.0/\0<x Iptc4xmpCore:Location='Here'/>", true)]
    [InlineData(0xE1, "http://ns.adobe.com/xap/1.0/\0<x dc:title='Sports day'/>", false)]
    [InlineData(0xED, "Photoshop 3.0\08BIM\u0004\u0004\0\0\0\0\0\u0009\u001c\u0002\u005a\0\u0004Here", true)]
    [InlineData(0xED, "Photoshop 3.0\08BIM\u0004\u0004\0\0\0\0\0\u0009\u001c\u0002\u0050\0\u0004Anna", false)]
    public void A_place_is_seen_in_xmp_and_iptc(byte marker, string data, bool place)
    {
        var file = Pictures.WithSegment(Pictures.Bare, marker, Encoding.Latin1.GetBytes(data));
        Assert.Equal(place, PictureReading.Read(file, London, Received).HasLocation);
        Pictures.Clean(file, out var picture);
        Assert.Equal(place, picture.Removed.Contains(Removed.Location));
    }

    [Fact]
    public void Nonsense_is_read_as_nothing()
    {
        foreach (var file in (byte[][])[[], [0xFF], [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xE1], Encoding.ASCII.GetBytes("hello"), [0x89, 0x50, 0x4E, 0x47]])
            Assert.Equal(new PictureReading(Received, TakenFrom.Received, null, null, false), PictureReading.Read(file, London, Received));
    }
}
