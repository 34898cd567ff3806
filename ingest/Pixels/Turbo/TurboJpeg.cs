using System.Runtime.InteropServices;
using PhotoGuard.Ingest.Pixels.Vips;

namespace PhotoGuard.Ingest.Pixels.Turbo;

/// <summary>
/// Third layer: JPEG pixels at any eighth of their size. libvips asks libjpeg-turbo for halves, quarters and eighths only, so that a
/// picture of 4032 pixels would be decoded whole to become one of 2048: five eighths are enough, and two fifths of the work after.
/// </summary>
internal static unsafe class TurboJpeg
{
    // TJPF_RGB; TJCS_RGB and TJCS_YCbCr; TJERR_WARNING (turbojpeg.h).
    private const int Rgb = 0, RgbCoded = 0, YcbcrCoded = 1, Warning = 0;

    // A progressive file may ask for its pixels to be gone over again at every one of thousands of scans.
    private const int LimitScans = 32768;

    /// <exception cref="VipsFailure">It does not start.</exception>
    /// <exception cref="DllNotFoundException">libjpeg-turbo is not installed.</exception>
    public static void Start()
    {
        using var turbo = LibTurboJpeg.tjInitDecompress();
        if (turbo.IsInvalid)
            throw new VipsFailure("turbojpeg", "does not start");
    }

    /// <summary>Eighths of a side, rounded as libjpeg does.</summary>
    public static int Scaled(int side, int eighths) => (side * eighths + 7) / 8;

    /// <summary>The fewest eighths of its size at which the longest side is no shorter than wanted; 8 where none is.</summary>
    public static int Eighths(int longestSide, int wanted)
    {
        var eighths = 1;
        while (eighths < 8 && Scaled(longestSide, eighths) < wanted)
            eighths++;
        return eighths;
    }

    /// <summary>Decodes into three bytes for each pixel; null where the coded colours are not RGB or YCbCr.</summary>
    /// <exception cref="VipsFailure">It cannot be decoded, or is of another size.</exception>
    public static PixelBuffer? Decode(byte* jpeg, int length, PictureHeader header, int eighths)
    {
        using var turbo = LibTurboJpeg.tjInitDecompress();
        if (turbo.IsInvalid)
            throw new VipsFailure("turbojpeg", "does not start");
        int width, height, subsampling, coded;
        if (LibTurboJpeg.tjDecompressHeader3(turbo, jpeg, new((nuint)length), &width, &height, &subsampling, &coded) != 0 && Failed(turbo))
            throw Failure(turbo);
        if (coded is not (RgbCoded or YcbcrCoded))
            return null;
        if ((width, height) != (header.Width, header.Height))
            throw new VipsFailure("turbojpeg", "reads another size");

        var pixels = new PixelBuffer(Scaled(width, eighths), Scaled(height, eighths));
        if (LibTurboJpeg.tjDecompress2(turbo, jpeg, new((nuint)length), pixels.Data, pixels.Width, pixels.Pitch, pixels.Height, Rgb, LimitScans) == 0
            || !Failed(turbo))
            return pixels;
        pixels.Dispose();
        throw Failure(turbo);
    }

    // What libjpeg only warns of is decoded to the end: a wrong bit in the coded data shows as a wrong colour.
    private static bool Failed(TurboHandle turbo) => LibTurboJpeg.tjGetErrorCode(turbo) != Warning;

    private static VipsFailure Failure(TurboHandle turbo) =>
        new("turbojpeg", Marshal.PtrToStringUTF8(LibTurboJpeg.tjGetErrorStr2(turbo)) ?? "");
}
