using System.Text;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Pictures made in code, and what tests do with them over and over.</summary>
internal static partial class Pictures
{
    internal const string Canary = "CANARY-5f1e";

    internal static readonly DateTimeOffset Taken = new(2026, 5, 12, 10, 15, 30, TimeSpan.FromHours(1));

    internal static byte[] Ipad { get; } = DemoPictures.Jpeg(new DemoPicture { Width = 200, Height = 150, TakenAt = Taken, Orientation = 6 });

    /// <summary>The same picture without any metadata.</summary>
    internal static byte[] Bare { get; } = JpegPainter.Paint(200, 150, new DemoScene(1).PaintRow, 88, []);

    /// <summary>Scrubs, checks, and gives a copy of the clean file.</summary>
    internal static byte[] Clean(byte[] file) => Clean(file, out _);

    internal static byte[] Clean(byte[] file, out ScrubbedPicture picture)
    {
        picture = PictureScrubber.Scrub(file);
        var bytes = picture.Bytes.ToArray();
        picture.Dispose();
        PictureCheck.Verify(bytes);
        return bytes;
    }

    /// <summary>Puts segments behind SOI.</summary>
    internal static byte[] WithSegment(byte[] jpeg, byte marker, ReadOnlySpan<byte> data) => Insert(jpeg, 2, Segment(marker, data));

    internal static byte[] Segment(byte marker, ReadOnlySpan<byte> data) =>
        [0xFF, marker, (byte)(data.Length + 2 >> 8), (byte)(data.Length + 2), .. data];

    internal static byte[] Insert(byte[] file, int at, ReadOnlySpan<byte> bytes) => [.. file[..at], .. bytes, .. file[at..]];

    /// <summary>Position of the first marker with this code, walked by segments up to the scan.</summary>
    internal static int Find(byte[] jpeg, byte marker)
    {
        for (var at = 2; ; at += 2 + (jpeg[at + 2] << 8 | jpeg[at + 3]))
            if (jpeg[at + 1] == marker) return at;
    }

    /// <summary>Whether the text is anywhere in the file, as it is, as UTF-16 of either order, or in hexadecimal.</summary>
    internal static bool Holds(byte[] file, string text)
    {
        byte[] plain = Encoding.UTF8.GetBytes(text);
        return new[] { plain, Encoding.Unicode.GetBytes(text), Encoding.BigEndianUnicode.GetBytes(text), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(plain)) }
            .Any(form => file.AsSpan().IndexOf(form) >= 0);
    }

    internal static byte[] Coded(ScrubbedPicture picture) => picture.CodedRanges.SelectMany(range => picture.Bytes[range].ToArray()).ToArray();
}
