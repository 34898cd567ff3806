using System.Runtime.InteropServices;

namespace PhotoGuard.Ingest.Pixels.Vips;

/// <summary>libvips refused or failed. Its text is for the log only: it is shared by all threads and written by decoders.</summary>
internal sealed class VipsFailure(string operation, string hint) : Exception($"{operation}: {hint}")
{
    private const int LongestHint = 300;

    /// <summary>Takes the text of the last failure, and clears it: libvips would otherwise add to it forever.</summary>
    internal static unsafe VipsFailure Of(string operation)
    {
        var text = Marshal.PtrToStringUTF8((nint)LibVips.vips_error_buffer()) ?? "";
        LibVips.vips_error_clear();
        text = text.Trim().ReplaceLineEndings(" | ");
        return new VipsFailure(operation, text.Length > LongestHint ? text[..LongestHint] : text);
    }
}
