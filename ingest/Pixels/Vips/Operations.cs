using System.Globalization;

namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>Third layer: the operations that renditions are made of. All of them throw <see cref="VipsFailure"/>.</summary>
internal static unsafe class Operations
{
    /// <summary>Opens JPEG bytes.</summary>
    public static VipsImage LoadJpeg(byte* data, int length)
    {
        using var load = Loader("jpegload_buffer", data, length).With("access", "sequential");
        return load.ToImage();
    }

    /// <summary>Opens PNG bytes.</summary>
    public static VipsImage LoadPng(byte* data, int length)
    {
        using var load = Loader("pngload_buffer", data, length).With("access", "sequential");
        return load.ToImage();
    }

    /// <summary>Opens WebP bytes, to be decoded at <paramref name="scale"/> (0 to 1) of their size.</summary>
    public static VipsImage LoadWebp(byte* data, int length, double scale)
    {
        using var load = Loader("webpload_buffer", data, length).With("scale", scale.ToString("F6", CultureInfo.InvariantCulture));
        return load.ToImage();
    }

    /// <summary>Opens HEIC bytes: the primary picture, already turned by its irot and imir properties. To be read once from the top: one of
    /// 34 million pixels or more would else go through a file, for which the child has no place.</summary>
    public static VipsImage LoadHeif(byte* data, int length)
    {
        using var load = Loader("heifload_buffer", data, length).With("access", "sequential");
        return load.ToImage();
    }

    /// <summary>An image over pixels that stay as they are, and in their place, until it and all made of it are disposed.</summary>
    public static VipsImage OfPixels(PixelBuffer pixels)
    {
        using var bare = LibVips.vips_image_new_from_memory(pixels.Data, (nuint)pixels.Length, pixels.Width, pixels.Height, 3, 0);
        if (bare.IsInvalid)
            throw VipsFailure.Of("new_from_memory");
        using var copy = new VipsOperation("copy").With("in", bare).With("interpretation", "srgb");
        return copy.ToImage();
    }

    /// <summary>The profile that an image came with, as long as the image is there; empty where there is none.</summary>
    public static ReadOnlySpan<byte> ProfileOf(VipsImage image)
    {
        byte* profile;
        nuint length;
        return image.HasProfile && LibVips.vips_image_get_blob(image, "icc-profile-data", &profile, &length) == 0
            ? new(profile, checked((int)length))
            : default;
    }

    /// <summary>White shines through where the image is transparent, whatever its colours: white is white in all of them.</summary>
    public static VipsImage Opaque(VipsImage image)
    {
        using var opaque = image.HasAlpha
            ? new VipsOperation("flatten").With("in", image).With("background", image.IsDeep ? "65535" : "255")
            : new VipsOperation("copy").With("in", image);
        return opaque.ToImage();
    }

    /// <summary>
    /// sRGB, a byte a band, by the picture's own profile where it has one that works; for pictures of grey, of inks or of more bits.
    /// (The export profile of vips_thumbnail shifts the colours of pictures without a profile: 8.14.1 mixes up two white points there.)
    /// </summary>
    /// <param name="image">Without transparency.</param>
    public static VipsImage ToSrgb(VipsImage image)
    {
        using var srgb = (image.HasProfile ? ByOwnProfile(image) : null) ?? ByKind(image);
        return ToBytesPerBand(srgb);
    }

    public static byte[] SaveJpeg(VipsImage image, int quality)
    {
        using var save = new VipsOperation("jpegsave_buffer").With("in", image).With("Q", quality)
            .With("optimize-coding", "true").With("subsample-mode", "on").With("strip", "true");
        return save.ToBytes();
    }

    public static byte[] SaveWebp(VipsImage image)
    {
        using var save = new VipsOperation("webpsave_buffer").With("in", image).With("Q", 80).With("strip", "true");
        return save.ToBytes();
    }

    // The loader is told itself to fail on truncation: vips_thumbnail forgets to pass that on (8.14.1).
    private static VipsOperation Loader(string nickname, byte* data, int length) =>
        new VipsOperation(nickname).With("buffer", data, length).With("fail-on", "truncated");

    private static VipsImage? ByOwnProfile(VipsImage image)
    {
        try
        {
            using var convert = new VipsOperation("icc_transform").With("in", image).With("embedded", "true")
                .With("output-profile", "srgb");
            var converted = convert.ToImage();
            if (converted.Bands == 3)
                return converted;
            // A grey profile in a colour picture: libvips takes the colours it cannot place for further transparencies.
            converted.Dispose();
            return null;
        }
        catch (VipsFailure)
        {
            // A damaged profile, or one of another kind of picture, is no reason to show nothing.
            return null;
        }
    }

    private static VipsImage ByKind(VipsImage image)
    {
        using var convert = new VipsOperation("colourspace").With("in", image).With("space", "srgb");
        return convert.ToImage();
    }

    private static VipsImage ToBytesPerBand(VipsImage image)
    {
        using var cast = new VipsOperation("cast").With("in", image).With("format", "uchar");
        return cast.ToImage();
    }
}
