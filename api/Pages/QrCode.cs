using Microsoft.AspNetCore.Html;
using QRCoder;

namespace PhotoGuard.Api.Pages;

/// <summary>A QR code that stands in the page itself: nothing is fetched, and nothing of it stays in a cache.</summary>
public static class QrCode
{
    private const int PixelsPerModule = 5;

    public static IHtmlContent Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var drawn = new SvgQRCode(data);
        return new HtmlString(drawn.GetGraphic(PixelsPerModule));
    }
}
