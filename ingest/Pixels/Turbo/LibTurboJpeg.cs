using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Pixels.Turbo;

/// <summary>First layer: what is imported from libjpeg-turbo 2.1 or later, whose functions are those of its TurboJPEG API.</summary>
internal static unsafe partial class LibTurboJpeg
{
    private const string Library = "libturbojpeg.so.0";

    [LibraryImport(Library)]
    internal static partial TurboHandle tjInitDecompress();

    [LibraryImport(Library)]
    internal static partial int tjDestroy(nint instance);

    /// <summary>Sizes, subsampling (TJSAMP) and colour space (TJCS), from the segments before the first scan.</summary>
    [LibraryImport(Library)]
    internal static partial int tjDecompressHeader3(TurboHandle instance, byte* jpeg, CULong length, int* width, int* height,
        int* subsampling, int* colourSpace);

    /// <summary>Scales by the largest M/8 that stays within <paramref name="width"/> and <paramref name="height"/>.</summary>
    [LibraryImport(Library)]
    internal static partial int tjDecompress2(TurboHandle instance, byte* jpeg, CULong length, byte* pixels, int width, int pitch,
        int height, int pixelFormat, int flags);

    [LibraryImport(Library)]
    internal static partial int tjGetErrorCode(TurboHandle instance);

    [LibraryImport(Library)]
    internal static partial nint tjGetErrorStr2(TurboHandle instance);
}
