using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Ingest.Pixels.Colour;

/// <summary>Second layer: a profile that was opened or made.</summary>
internal sealed class LcmsProfile() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibLcms.cmsCloseProfile(handle) != 0;
}

/// <summary>Second layer: a conversion between two profiles, which need not stay open.</summary>
internal sealed class LcmsTransform() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibLcms.cmsDeleteTransform(handle);
        return true;
    }
}
