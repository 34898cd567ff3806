using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Pixels.Colour;

/// <summary>First layer: what is imported from Little CMS 2, which libvips itself is linked with.</summary>
internal static unsafe partial class LibLcms
{
    private const string Library = "liblcms2.so.2";

    [LibraryImport(Library)]
    internal static partial LcmsProfile cmsOpenProfileFromMem(byte* data, uint length);

    [LibraryImport(Library)]
    internal static partial LcmsProfile cmsCreate_sRGBProfile();

    [LibraryImport(Library)]
    internal static partial int cmsCloseProfile(nint profile);

    /// <summary>Four letters, see <c>cmsColorSpaceSignature</c>.</summary>
    [LibraryImport(Library)]
    internal static partial uint cmsGetColorSpace(LcmsProfile profile);

    [LibraryImport(Library)]
    internal static partial LcmsTransform cmsCreateTransform(LcmsProfile from, uint fromFormat, LcmsProfile to, uint toFormat, uint intent,
        uint flags);

    [LibraryImport(Library)]
    internal static partial void cmsDeleteTransform(nint transform);

    [LibraryImport(Library)]
    internal static partial void cmsDoTransform(LcmsTransform transform, byte* from, byte* to, uint pixels);

    /// <summary>Not 0 where curves and a matrix are there.</summary>
    [LibraryImport(Library)]
    internal static partial int cmsIsMatrixShaper(LcmsProfile profile);

    [LibraryImport(Library)]
    internal static partial int cmsIsTag(LcmsProfile profile, uint tag);

    /// <summary>What a tag holds, kept by the profile: a curve, or three doubles. 0 where it is not there or cannot be read.</summary>
    [LibraryImport(Library)]
    internal static partial nint cmsReadTag(LcmsProfile profile, uint tag);

    [LibraryImport(Library)]
    internal static partial float cmsEvalToneCurveFloat(nint curve, float value);
}
