using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Makes renditions with libvips, in this process: outsiders' bytes come here only inside the sandboxed child (law 10).
/// What comes out depends on the picture and the one specification alone, not on what else is asked for with it: everything up
/// to 2048 px is resized from the same 2048 px picture, so <c>thumb</c> alone equals <c>thumb</c> made beside <c>web</c>.
/// </summary>
public static class Renditions
{
    private const int SharedBase = 2048;

    /// <summary>Loads libvips and blocks what is not needed, so that the first picture does not wait for it.</summary>
    /// <exception cref="InvalidOperationException">libvips is absent, too old, or does not start.</exception>
    public static void Start()
    {
        try
        {
            VipsRuntime.Start();
        }
        catch (Exception e) when (e is VipsFailure or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException($"libvips 8.14 or later (Debian: libvips42) does not start: {e.Message}", e);
        }
    }

    /// <param name="picture">The whole file, scrubbed or not.</param>
    /// <param name="kind">What it was recognised as; its loader is called by name and no other is tried.</param>
    /// <param name="specs">At least one; the answer has the same order.</param>
    /// <exception cref="PictureUndecodable">Other kind, damaged, several frames, too large. Stable.</exception>
    public static unsafe IReadOnlyList<Rendition> Make(ReadOnlySpan<byte> picture, PictureKind kind,
        IReadOnlyList<RenditionSpec> specs)
    {
        Start();
        var header = PictureHeader.Read(picture, kind);
        try
        {
            var made = new Rendition[specs.Count];
            fixed (byte* data = picture)
            {
                foreach (var sharing in Enumerable.Range(0, specs.Count).GroupBy(i => BaseOf(specs[i])))
                {
                    using var upright = Decode(data, picture.Length, kind, header, sharing.Key);
                    foreach (var i in sharing)
                        made[i] = Save(upright, specs[i]);
                }
            }
            return made;
        }
        catch (VipsFailure e)
        {
            throw new PictureUndecodable(UndecodableReason.Damaged, e.Message);
        }
    }

    private static int BaseOf(RenditionSpec spec) => Math.Max(spec.LongestSide, SharedBase);

    private static unsafe VipsImage Decode(byte* data, int length, PictureKind kind, PictureHeader header, int side)
    {
        var shrink = kind == PictureKind.Jpeg ? JpegShrink(header.LongestSide, side) : 1;
        using var lazy = kind switch
        {
            PictureKind.Jpeg => Operations.LoadJpeg(data, length, shrink),
            PictureKind.Png => Operations.LoadPng(data, length),
            // Twice the wanted size is kept for the last step, which filters better than the decoder's own scaler.
            PictureKind.Webp => Operations.LoadWebp(data, length, Math.Min(1, 2.0 * side / header.LongestSide)),
            _ => Operations.LoadHeif(data, length),
        };
        CheckLoaded(lazy, kind, header, shrink);
        using var srgb = ToSrgbWithin(lazy, side);
        using var decoded = Operations.InMemory(srgb);
        using var turned = Operations.Upright(decoded);
        var upright = Operations.InMemory(turned);
        Operations.ForgetMetadata(upright);
        return upright;
    }

    // Colours are converted last, on fewer pixels, except where transparency must be gone before pixels are mixed.
    private static VipsImage ToSrgbWithin(VipsImage image, int side)
    {
        using var first = image.HasAlpha ? Operations.ToSrgb(image) : Operations.FitWithin(image, side);
        return image.HasAlpha ? Operations.FitWithin(first, side) : Operations.ToSrgb(first);
    }

    // What the decoder's header says, before its pixels: two parsers that disagree are a trick or a damage.
    private static void CheckLoaded(VipsImage lazy, PictureKind kind, PictureHeader header, int shrink)
    {
        PixelLimits.Check(lazy.Width, lazy.Height);
        if (lazy.Pages > 1)
            throw new PictureUndecodable(UndecodableReason.SeveralFrames, $"{lazy.Pages} pictures in one file");
        var (width, height) = ((header.Width + shrink - 1) / shrink, (header.Height + shrink - 1) / shrink);
        var same = (lazy.Width, lazy.Height) == (width, height);
        if (!same && kind is PictureKind.Jpeg or PictureKind.Png)
            throw new PictureUndecodable(UndecodableReason.Damaged, "its decoder reads another size");
    }

    /// <summary>libjpeg scales while it decodes, by 2, 4 or 8: as far as that leaves at least the wanted side.</summary>
    private static int JpegShrink(int longestSide, int wanted) => (longestSide / wanted) switch
    {
        >= 8 => 8,
        >= 4 => 4,
        >= 2 => 2,
        _ => 1,
    };

    private static Rendition Save(VipsImage upright, RenditionSpec spec)
    {
        using var sized = Operations.FitWithin(upright, spec.LongestSide);
        var bytes = spec.Format == RenditionFormat.Webp
            ? CodedPixels.OfWebp(Operations.SaveWebp(sized))
            : CodedPixels.OfJpeg(Operations.SaveJpeg(sized));
        return new(spec.Name, spec.Format, sized.Width, sized.Height, bytes);
    }
}
