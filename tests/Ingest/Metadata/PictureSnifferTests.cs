using System.Text;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

public sealed class PictureSnifferTests
{
    [Theory]
    [InlineData("47494638396101000100", "GIF")]
    [InlineData("424D460000000000000036000000280000000200000002000000", "BMP")]
    [InlineData("49492A0008000000", "TIFF")]
    [InlineData("4D4D002A00000008", "TIFF")]
    [InlineData("0000001866747970617669660000000061766966", "AVIF")]
    [InlineData("00000014667479707174202000000000", "film")]
    [InlineData("0000001866747970697336D0", "film")]
    [InlineData("255044462D312E37", "PDF")]
    [InlineData("504B030414000000", "ZIP")]
    [InlineData("3C3F786D6C3F3E3C737667", "SVG")]
    [InlineData("48656C6C6F2C20776F726C64", "text")]
    [InlineData("0001020304050607", "no picture")]
    public void Another_kind_is_refused_by_its_name(string hex, string named)
    {
        var refused = Assert.Throws<PictureRefused>(() => PictureSniffer.KindOf(Convert.FromHexString(hex)));
        Assert.Equal(("not-a-picture-we-take", 415), (refused.Type, refused.Status));
        Assert.Contains(named, refused.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("524946461400000057454250")]
    [InlineData("524946461400000057454250565038")]
    public void Webp_is_known_by_its_first_twelve_bytes(string hex)
    {
        Assert.Equal(PictureKind.Webp, PictureSniffer.KindOf(Convert.FromHexString(hex)));
        Assert.Equal("picture-truncated", Pictures.Refused(Convert.FromHexString(hex)));
    }

    [Theory]
    [InlineData("00000018667479706865696300000000")]
    [InlineData("000000186674797068656978")]
    [InlineData("00000018667479706D69663100000000")]
    public void Heic_is_known_by_any_of_its_brands(string hex)
    {
        Assert.Equal(PictureKind.Heic, PictureSniffer.KindOf(Convert.FromHexString(hex)));
        Assert.Equal("picture-truncated", Pictures.Refused(Convert.FromHexString(hex)));
    }

    [Fact]
    public void Nothing_is_refused_as_empty() => Assert.Equal("picture-empty", Pictures.Refused([]));

    [Fact]
    public void Text_called_jpg_is_text() =>
        Assert.Equal("not-a-picture-we-take", Pictures.Refused(Encoding.UTF8.GetBytes("dear all, please find attached")));
}
