using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Pixels.Colour;
using PhotoGuard.Ingest.Pixels.Turbo;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Makes renditions with libvips and libjpeg-turbo, in this process: outsiders' bytes come here only inside the sandboxed child (law 10).
/// What comes out depends on the picture and the one specification alone, not on what else is asked for with it: everything up
/// to 2048 px is resized from the same 2048 px picture, so <c>thumb</c> alone equals <c>thumb</c> made beside <c>web</c>.
/// </summary>
public static class Renditions
{
    private const int SharedBase = 2048;
    private const int Quality = 80;

    /// <summary>Loads the decoders and blocks what is not needed, so that the first picture does not wait for it.</summary>
    /// <exception cref="InvalidOperationException">libvips or libjpeg-turbo is absent, too old, or does not start.</exception>
    public static void Start()
    {
        try
        {
            VipsRuntime.Start();
            TurboJpeg.Start();
        }
        catch (Exception e) when (e is VipsFailure or DllNotFoundException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException($"libvips 8.14 (Debian: libvips42) and libjpeg-turbo 2.1 (libturbojpeg0), or later ones, do not start: {e.Message}", e);
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

    private static unsafe PixelBuffer Decode(byte* data, int length, PictureKind kind, PictureHeader header, int side)
    {
        using var lazy = Open(data, length, kind, header, side);
        LoadedCheck.Verify(lazy, kind, header);
        // Of the whole picture: one that is decoded smaller has been rounded once. A HEIC header tells of its largest item only.
        var size = kind == PictureKind.Heic
            ? Resampler.Within(lazy.Width, lazy.Height, side)
            : Resampler.Within(header.Width, header.Height, side);
        // Transparency must be gone before pixels are mixed: colours that are not seen would bleed into their neighbours.
        using var opaque = Operations.Opaque(lazy);
        if (!opaque.IsRgbBytes)
        {
            using var srgb = Operations.ToSrgb(opaque);
            return Finish(srgb, lazy.Orientation, size, SrgbColours.AsTheyAre);
        }
        using var colours = SrgbColours.Of(Operations.ProfileOf(lazy));
        if (kind == PictureKind.Jpeg)
        {
            JpegEnd.MustBeThere(new(data, length));
            using var pixels = TurboJpeg.Decode(data, length, header, TurboJpeg.Eighths(header.LongestSide, side));
            if (pixels is not null)
            {
                using var scaled = Operations.OfPixels(pixels);
                return Finish(scaled, lazy.Orientation, size, colours);
            }
        }
        return Finish(opaque, lazy.Orientation, size, colours);
    }

    private static unsafe VipsImage Open(byte* data, int length, PictureKind kind, PictureHeader header, int side) => kind switch
    {
        PictureKind.Jpeg => Operations.LoadJpeg(data, length),
        PictureKind.Png => Operations.LoadPng(data, length),
        // Twice the wanted size is kept for the last step, which filters better than the decoder's own scaler.
        PictureKind.Webp => Operations.LoadWebp(data, length, Math.Min(1, 2.0 * side / header.LongestSide)),
        _ => Operations.LoadHeif(data, length),
    };

    /// <summary>Sized, in sRGB, upright. Colours are converted on as few pixels as possible.</summary>
    private static PixelBuffer Finish(VipsImage image, int orientation, (int Width, int Height) size, SrgbColours colours)
    {
        var sized = Resampler.Make(image, size, colours.Convert);
        if (orientation == 1)
            return sized;
        using (sized)
            return sized.Upright(orientation);
    }

    private static Rendition Save(PixelBuffer upright, RenditionSpec spec)
    {
        using var whole = Operations.OfPixels(upright);
        using var sized = Resampler.Make(whole, Resampler.Within(upright.Width, upright.Height, spec.LongestSide), SrgbColours.AsTheyAre.Convert);
        using var image = Operations.OfPixels(sized);
        var bytes = spec.Format == RenditionFormat.Webp
            ? CodedPixels.OfWebp(Operations.SaveWebp(image))
            : CodedPixels.OfJpeg(Operations.SaveJpeg(image, Quality));
        return new(spec.Name, spec.Format, sized.Width, sized.Height, bytes);
    }
}
