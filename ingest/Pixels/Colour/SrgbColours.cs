namespace PhotoGuard.Ingest.Pixels.Colour;

/// <summary>
/// Third layer: pixels of a picture's own profile become sRGB, in place. Profiles that are three curves and a matrix, as those of
/// cameras and tablets are (ICC.1:2022, 8.3.3 and F.3), are computed here from what Little CMS reads in them; all others by Little CMS.
/// libvips would go through Lab in floating point, which takes ten times as long (8.14.1).
/// </summary>
internal sealed unsafe class SrgbColours : IDisposable
{
    // TYPE_RGB_8 of lcms2.h: colour space PT_RGB (4), three channels, one byte each.
    private const uint RgbBytes = 4 << 16 | 3 << 3 | 1;
    private const uint RgbSpace = 0x5247_4220; // "RGB "
    private const uint RelativeColorimetric = 1;

    // cmsFLAGS_NOCACHE: remembering the last pixel costs more than it saves on photographs.
    private const uint NoCache = 0x0040;

    private readonly MatrixColours? matrix;
    private readonly LcmsTransform? transform;

    private SrgbColours(MatrixColours? matrix, LcmsTransform? transform) => (this.matrix, this.transform) = (matrix, transform);

    /// <summary>Changes nothing.</summary>
    public static SrgbColours AsTheyAre { get; } = new(null, null);

    /// <param name="profile">An ICC profile, or nothing. One that is damaged, or not of RGB, is no reason to show nothing: the
    /// colours stay as they are.</param>
    public static SrgbColours Of(ReadOnlySpan<byte> profile)
    {
        fixed (byte* data = profile)
        {
            using var from = LibLcms.cmsOpenProfileFromMem(data, (uint)profile.Length);
            if (from.IsInvalid || LibLcms.cmsGetColorSpace(from) != RgbSpace)
                return AsTheyAre;
            using var to = LibLcms.cmsCreate_sRGBProfile();
            if (MatrixColours.Between(from, to) is { } matrix)
                return new(matrix, null);
            var transform = LibLcms.cmsCreateTransform(from, RgbBytes, to, RgbBytes, RelativeColorimetric, NoCache);
            if (!transform.IsInvalid)
                return new(null, transform);
            transform.Dispose();
            return AsTheyAre;
        }
    }

    /// <param name="pixels">Red, green and blue, a byte each.</param>
    public void Convert(Span<byte> pixels)
    {
        matrix?.Convert(pixels);
        if (transform is null)
            return;
        fixed (byte* data = pixels)
            LibLcms.cmsDoTransform(transform, data, data, (uint)(pixels.Length / 3));
    }

    public void Dispose() => transform?.Dispose();
}
