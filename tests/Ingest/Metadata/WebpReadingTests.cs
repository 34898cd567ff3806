using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class WebpReadingTests
{
    private static readonly DateTimeOffset Received = new(2026, 6, 1, 8, 0, 0, TimeSpan.Zero);

    private static PictureReading Read(byte[] file) => PictureReading.Read(file, TimeZoneInfo.Utc, Received);

    private static byte[] Exif(DemoPicture picture) => DemoMetadata.Tiff(picture with { TakenAt = Pictures.Taken }, []);

    [Theory]
    [InlineData("")]
    [InlineData("Exif\0\0")]
    public void Date_camera_and_place_are_read(string letters)
    {
        var reading = Read(TestWebp.Make(TestWebp.Exif, behind: TestWebp.Chunk("EXIF", [.. Encoding.ASCII.GetBytes(letters), .. Exif(new DemoPicture())])));
        Assert.Equal((Pictures.Taken, TakenFrom.Picture, true), (reading.TakenAt, reading.TakenFrom, reading.HasLocation));
        Assert.Equal((new DemoPicture().Make, new DemoPicture().Model), (reading.CameraMake, reading.CameraModel));
    }

    [Theory]
    [InlineData("<x exif:GPSLatitude='53,44.5N'/>", true)]
    [InlineData("<x photoshop:City='Here'/>", true)]
    [InlineData("<x dc:title='A picture'/>", false)]
    public void A_place_in_XMP_is_seen(string packet, bool place)
    {
        var file = TestWebp.File(TestWebp.Chunk("VP8L", TestWebp.Lossless), TestWebp.Chunk("XMP ", Encoding.ASCII.GetBytes(packet)));
        Assert.Equal(place, Read(file).HasLocation);
        Pictures.Clean(file, out var picture);
        Assert.Equal(place, picture.Removed.Contains(Removed.Location));
    }

    [Fact]
    public void Without_a_place_none_is_seen() =>
        Assert.False(Read(TestWebp.Make(TestWebp.Exif, behind: TestWebp.Chunk("EXIF", Exif(new DemoPicture { Place = null })))).HasLocation);

    [Fact]
    public void Nonsense_is_read_as_nothing()
    {
        var whole = TestWebp.Make(TestWebp.Exif, TestWebp.Chunk("EXIF", "Exif\0\0"u8), TestWebp.Chunk("EXIF", Exif(new DemoPicture())));
        for (var length = 12; length < whole.Length; length++) Assert.Equal(TakenFrom.Received, Read(whole[..length]).TakenFrom);
        foreach (var lie in (byte[])[0, 1, 0x80, 0xFF])
            for (var at = 4; at < 60; at++)
            {
                var changed = (byte[])whole.Clone();
                changed[at] = lie;
                Read(changed);
            }
    }
}
