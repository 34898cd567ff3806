using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Ingest.Pixels.Turbo;

/// <summary>Second layer: one decompressor, for one picture.</summary>
internal sealed class TurboHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibTurboJpeg.tjDestroy(handle) == 0;
}
