using System.Globalization;
using System.Text.RegularExpressions;
using ZXing;
using ZXing.Common;
using ZXing.QrCode;

namespace PhotoGuard.Tests.Browser;

/// <summary>A camera that looks at a QR code on a page; another's decoder, so that what the page drew is held against it.</summary>
public static partial class QrReader
{
    private const int Scale = 6;

    /// <param name="path">The <c>d</c> of the dark modules, one square each.</param>
    /// <param name="modules">Width and height, with the quiet zone.</param>
    /// <returns>The text; null where no camera would read it.</returns>
    public static string? Read(string path, int modules)
    {
        var side = modules * Scale;
        var light = new byte[side * side];
        Array.Fill(light, (byte)255);
        foreach (Match dark in Module().Matches(path))
        {
            var (left, top) = (Number(dark, "x") * Scale, Number(dark, "y") * Scale);
            for (var y = top; y < top + Scale; y++) light.AsSpan(y * side + left, Scale).Clear();
        }
        var seen = new RGBLuminanceSource(light, side, side, RGBLuminanceSource.BitmapFormat.Gray8);
        return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(seen)))?.Text;
    }

    private static int Number(Match dark, string part) => int.Parse(dark.Groups[part].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("M(?<x>[0-9]+) (?<y>[0-9]+)h1v1h-1z")]
    private static partial Regex Module();
}
