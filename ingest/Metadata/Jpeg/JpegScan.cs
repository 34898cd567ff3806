using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>Copies entropy-coded data, T.81 section B.1.1.5, up to the marker behind it. The cost of a picture is here.</summary>
internal static class JpegScan
{
    // Searched and then copied while it is still in the nearest cache.
    private const int Window = 32 * 1024;

    private const int LongestEnd = 16;

    /// <summary>Position of the marker that ends the scan. Fill bytes are left out; restart markers must come in their order and number.</summary>
    internal static int Copy(ReadOnlySpan<byte> file, int from, ref ByteWriter writer, int restarts)
    {
        int at = from, start = from;
        for (var seen = 0; ; )
        {
            var window = Math.Min(from + Window, file.Length);
            at = NextMarker(file, at, window);
            if (at == window)
            {
                if (window == file.Length) throw PictureRefused.Truncated("its end is missing");
                writer.Write(file[from..at]);
                from = at;
                continue;
            }
            if (at + 1 == file.Length) throw PictureRefused.Truncated("its end is missing");
            var code = file[at + 1];
            if (code == 0xFF)
            {
                writer.Write(file[from..at]);
                from = ++at;
                continue;
            }
            if ((code & 0xF8) == 0xD0)
            {
                // One mark too many, right before the end, is what some cameras write.
                if (restarts == 0 || seen > restarts || (code & 7) != (seen & 7)) throw PictureRefused.Malformed("its restart marks are out of order");
                seen++;
                at += 2;
                continue;
            }
            if (seen < restarts) throw PictureRefused.Truncated("parts of the picture are missing");
            if (TextAtEnd.Has(file[start..at], LongestEnd)) throw PictureRefused.Malformed("there is text behind its pixels");
            writer.Write(file[from..at]);
            return at;
        }
    }

    /// <summary>
    /// Position of the next 0xFF that is not followed by 0, or <paramref name="end"/>. Both tests in one step, for a stuffed 0 comes
    /// every 250th byte or so and must not stop the search.
    /// </summary>
    private static int NextMarker(ReadOnlySpan<byte> file, int at, int end)
    {
        ref var first = ref MemoryMarshal.GetReference(file);
        var size = Vector256<byte>.Count;
        for (var safe = Math.Min(end, file.Length - 1) - 4 * size; at <= safe; at += 4 * size)
        {
            var found = Marks(ref first, at) | Marks(ref first, at + size) | Marks(ref first, at + 2 * size) | Marks(ref first, at + 3 * size);
            if (found != Vector256<byte>.Zero) break;
        }
        for (; at < end; at++)
            if (file[at] == 0xFF && (at + 1 == file.Length || file[at + 1] != 0)) return at;
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Marks(ref byte first, int at) => Vector256.AndNot(
        Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)at), Vector256<byte>.AllBitsSet),
        Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)at + 1), Vector256<byte>.Zero));
}
