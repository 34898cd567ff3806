using System.Runtime.InteropServices;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels.Colour;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Burns boxes into a picture, in this process: outsiders' bytes come here only inside the sandboxed child (law 10). The picture is
/// decoded at its full size and burned before any of its pixels are mixed with others: of what was in a box, nothing is in the
/// result, or with <see cref="BurnFill.Average"/> one mean colour.
/// </summary>
/// <remarks>
/// One exception, for the child's memory: very large pictures are halved first. A pixel is then made of those at most six beside it, and
/// the boxes are widened by twice as many of the picture's own pixels, of which six are to spare.
/// </remarks>
public static class Redaction
{
    /// <summary>Longest side of what comes out; a smaller picture is not enlarged.</summary>
    public static RenditionSpec Spec { get; } = new("redacted", 4096);

    private const int Bands = 3;

    /// <summary>Renditions are made from it, and what is coded twice should not show it.</summary>
    private const int Quality = 92;

    /// <summary>Pixels. A decoder may hold six bytes a pixel of a progressive JPEG, and we three more: 360 MB of the child's 512.</summary>
    private const int MostAtFullSize = 40_000_000;

    /// <summary>Pixels of a WebP, which libvips puts into a file from 100 MB on (8.14.1); the child has nowhere to write.</summary>
    private const int MostWebpAtFullSize = 25_000_000;

    /// <param name="picture">The whole file, scrubbed or not.</param>
    /// <param name="kind">What it was recognised as; its loader is called by name and no other is tried.</param>
    /// <param name="boxes">1 to <see cref="BurnBox.Most"/>, each within the picture.</param>
    /// <param name="fill">What is burned in.</param>
    /// <returns>A JPEG: upright, sRGB, nothing but pixels.</returns>
    /// <exception cref="PictureUndecodable">Other kind, damaged, several frames, too large. Stable.</exception>
    public static unsafe Rendition Make(ReadOnlySpan<byte> picture, PictureKind kind, IReadOnlyList<BurnBox> boxes, BurnFill fill)
    {
        ArgumentOutOfRangeException.ThrowIfZero(boxes.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(boxes.Count, BurnBox.Most);
        if (!boxes.All(box => box.LiesWithin)) throw new ArgumentException("A box beyond the picture.", nameof(boxes));
        Renditions.Start();
        var header = PictureHeader.Read(picture, kind);
        try
        {
            fixed (byte* data = picture)
            {
                using var small = BurnedWithin(data, picture.Length, kind, header, boxes, fill, out var orientation);
                using var upright = small.Upright(orientation);
                using var image = Operations.OfPixels(upright);
                return new(Spec.Name, Spec.Format, upright.Width, upright.Height, CodedPixels.OfJpeg(Operations.SaveJpeg(image, Quality)));
            }
        }
        catch (VipsFailure e)
        {
            throw new PictureUndecodable(UndecodableReason.Damaged, e.Message);
        }
    }

    /// <summary>Burned, then no longer than <see cref="Spec"/> allows; not yet upright.</summary>
    private static unsafe PixelBuffer BurnedWithin(byte* data, int length, PictureKind kind, PictureHeader header,
        IReadOnlyList<BurnBox> boxes, BurnFill fill, out int orientation)
    {
        using var whole = Decode(data, length, kind, header, out orientation);
        var area = BurnedArea.Of(boxes, whole.Width, whole.Height, orientation);
        Fill(whole, area, fill == BurnFill.Average ? Means(whole, area) : new byte[area.Patches * Bands]);
        using var image = Operations.OfPixels(whole);
        return Resampler.Make(image, Resampler.Within(whole.Width, whole.Height, Spec.LongestSide), SrgbColours.AsTheyAre.Convert);
    }

    /// <summary>The whole picture in sRGB, as it lies in the file. What the decoder held is given back.</summary>
    private static unsafe PixelBuffer Decode(byte* data, int length, PictureKind kind, PictureHeader header, out int orientation)
    {
        var halved = (long)header.Width * header.Height > (kind == PictureKind.Webp ? MostWebpAtFullSize : MostAtFullSize);
        if (kind == PictureKind.Jpeg) JpegEnd.MustBeThere(new(data, length));
        using var lazy = kind switch
        {
            PictureKind.Jpeg => Operations.LoadJpeg(data, length),
            PictureKind.Png => Operations.LoadPng(data, length),
            PictureKind.Webp => Operations.LoadWebp(data, length, halved ? 0.5 : 1),
            _ => Operations.LoadHeif(data, length),
        };
        LoadedCheck.Verify(lazy, kind, header);
        orientation = lazy.Orientation;
        var size = halved && kind != PictureKind.Webp ? ((lazy.Width + 1) / 2, (lazy.Height + 1) / 2) : (lazy.Width, lazy.Height);
        using var opaque = Operations.Opaque(lazy);
        using var colours = opaque.IsRgbBytes ? SrgbColours.Of(Operations.ProfileOf(lazy)) : null;
        using var srgb = colours is null ? Operations.ToSrgb(opaque) : null;
        return Resampler.Make(srgb ?? opaque, size, (colours ?? SrgbColours.AsTheyAre).Convert);
    }

    /// <summary>The mean colour of each patch, of the picture before anything is burned: boxes that overlap do not count one another.</summary>
    private static byte[] Means(PixelBuffer picture, BurnedArea area)
    {
        var sums = new long[area.Patches * Bands];
        var counts = new long[area.Patches];
        foreach (var band in area.Bands)
        {
            for (var row = band.Top; row < band.Bottom; row++)
            {
                foreach (var run in band.Runs)
                {
                    var (red, green, blue) = (0L, 0L, 0L);
                    foreach (var pixel in Pixels(picture, row, run))
                    {
                        red += pixel.Red;
                        green += pixel.Green;
                        blue += pixel.Blue;
                    }
                    sums[run.Patch * Bands] += red;
                    sums[run.Patch * Bands + 1] += green;
                    sums[run.Patch * Bands + 2] += blue;
                    counts[run.Patch] += run.Right - run.Left;
                }
            }
        }
        return [.. sums.Select((sum, nth) => (byte)((sum + counts[nth / Bands] / 2) / counts[nth / Bands]))];
    }

    private static void Fill(PixelBuffer picture, BurnedArea area, byte[] colours)
    {
        foreach (var band in area.Bands)
        {
            for (var row = band.Top; row < band.Bottom; row++)
            {
                foreach (var run in band.Runs)
                    Pixels(picture, row, run).Fill(MemoryMarshal.AsRef<Rgb>(colours.AsSpan(run.Patch * Bands, Bands)));
            }
        }
    }

    private static Span<Rgb> Pixels(PixelBuffer picture, int row, BurnedArea.Run run) =>
        MemoryMarshal.Cast<byte, Rgb>(picture.Row(row))[run.Left..run.Right];

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly struct Rgb
    {
        public readonly byte Red;
        public readonly byte Green;
        public readonly byte Blue;
    }
}
