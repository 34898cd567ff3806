using System.Buffers.Binary;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Tests.Ingest.Pixels;

public class UndecodableTests
{
    [Theory]
    [InlineData(PictureKind.Jpeg, 50)]
    [InlineData(PictureKind.Jpeg, 95)]
    [InlineData(PictureKind.Png, 60)]
    [InlineData(PictureKind.Webp, 60)]
    [InlineData(PictureKind.Heic, 80)]
    public void A_truncated_picture_is_refused(PictureKind kind, int percent)
    {
        var whole = Painted(kind);

        Assert.Equal(UndecodableReason.Damaged, Refusal(whole[..(whole.Length * percent / 100)], kind));
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>")]
    [InlineData("GIF89a\u0001\0\u0001\0\0\0\0;")]
    [InlineData("II*\0\b\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("%PDF-1.4\n%%EOF")]
    [InlineData("")]
    public void Bytes_of_no_known_kind_never_reach_a_decoder(string text)
    {
        foreach (var kind in Enum.GetValues<PictureKind>())
            Assert.Equal(UndecodableReason.OtherKind, Refusal(System.Text.Encoding.Latin1.GetBytes(text), kind));
    }

    [Fact]
    public void A_picture_of_one_kind_is_not_decoded_as_another()
    {
        foreach (var kind in Enum.GetValues<PictureKind>())
        {
            foreach (var other in Enum.GetValues<PictureKind>().Where(other => other != kind))
                Assert.Equal(UndecodableReason.OtherKind, Refusal(Painted(kind), other));
        }
    }

    [Theory]
    [InlineData("svgload_buffer")]
    [InlineData("gifload_buffer")]
    [InlineData("tiffload_buffer")]
    [InlineData("magickload_buffer")]
    [InlineData("pdfload_buffer")]
    public unsafe void The_other_loaders_of_libvips_are_blocked(string loader)
    {
        VipsRuntime.Start();
        fixed (byte* data = "GIF89a\u0001\0\u0001\0\0\0\0;"u8)
        {
            var pointer = data;
            var failure = Assert.Throws<VipsFailure>(() =>
            {
                using var load = new VipsOperation(loader).With("buffer", pointer, 13);
                load.ToImage().Dispose();
            });
            Assert.Contains(loader, failure.Message);
        }
    }

    [Fact]
    public void A_JPEG_that_says_it_is_huge_is_refused_by_its_header()
    {
        var jpeg = PaintedPicture.Jpeg(64, 64);
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt32BigEndian(jpeg.AsSpan(frame + 5), 0xFFDC_FFDC);

        Assert.Equal(UndecodableReason.TooManyPixels, Refusal(jpeg, PictureKind.Jpeg));
    }

    [Theory]
    [InlineData(20_000, 20_000, false)]
    [InlineData(16_385, 10, false)]
    [InlineData(9_000, 8_000, false)]
    [InlineData(6_000, 5_000, true)]
    [InlineData(uint.MaxValue, uint.MaxValue, false)]
    public void A_PNG_that_says_it_is_huge_is_refused_by_its_header(uint width, uint height, bool interlaced)
    {
        var png = PaintedPicture.Png(64, 64);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(20), height);
        png[28] = interlaced ? (byte)1 : (byte)0;

        Assert.Equal(UndecodableReason.TooManyPixels, Refusal(png, PictureKind.Png));
    }

    [Fact]
    public void A_HEIC_with_an_item_that_says_it_is_huge_is_refused_by_its_header()
    {
        var heic = PaintedPicture.Heic(256, 256);
        var size = heic.AsSpan().IndexOf("ispe"u8);
        BinaryPrimitives.WriteUInt32BigEndian(heic.AsSpan(size + 8), 65_536);

        Assert.Equal(UndecodableReason.TooManyPixels, Refusal(heic, PictureKind.Heic));
    }

    [Fact]
    public void An_animated_WebP_is_refused_by_its_header()
    {
        byte[] webp = [.. "RIFF\u001A\0\0\0WEBPVP8X\u000A\0\0\0"u8, 0x02, 0, 0, 0, 9, 0, 0, 9, 0, 0];

        Assert.Equal(UndecodableReason.SeveralFrames, Refusal(webp, PictureKind.Webp));
    }

    [Fact]
    public void Every_cut_of_a_header_is_refused_and_never_read_past_its_end()
    {
        foreach (var kind in Enum.GetValues<PictureKind>())
        {
            var whole = Painted(kind);
            for (var length = 0; length < Math.Min(whole.Length, 600); length++)
            {
                try
                {
                    PictureHeader.Read(whole.AsSpan(0, length), kind);
                }
                catch (PictureUndecodable)
                {
                    // The only way to fail.
                }
            }
        }
    }

    private static byte[] Painted(PictureKind kind) => kind switch
    {
        PictureKind.Jpeg => PaintedPicture.Jpeg(640, 480),
        PictureKind.Png => PaintedPicture.Png(640, 480),
        PictureKind.Webp => PaintedPicture.Webp(640, 480),
        _ => PaintedPicture.Heic(640, 480),
    };

    private static UndecodableReason Refusal(byte[] picture, PictureKind kind) =>
        Assert.Throws<PictureUndecodable>(() => Renditions.Make(picture, kind, [RenditionSpec.Thumb])).Reason;
}
