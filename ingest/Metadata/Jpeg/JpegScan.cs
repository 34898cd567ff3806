using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>Copies entropy-coded data, T.81 section B.1.1.5, up to the marker behind it. The cost of a picture is here.</summary>
internal static class JpegScan
{
    private const int LongestEnd = 16;

    /// <summary>Position of the marker that ends the scan. Fill bytes are left out; restart markers must come in their order and number.</summary>
    internal static int Copy(ReadOnlySpan<byte> file, int from, ref ByteWriter writer, int restarts)
    {
        for (int at = from, seen = 0; ;)
        {
            var plain = CopyToMarker(file[at..], writer.Room);
            writer.Advance(plain);
            at += plain;
            if (at + 1 >= file.Length) throw PictureRefused.Truncated("its end is missing");
            var code = file[at + 1];
            if (code == 0xFF)
            {
                at++;
                continue;
            }
            if ((code & 0xF8) == 0xD0)
            {
                // One mark too many, right before the end, is what some cameras write.
                if (restarts == 0 || seen > restarts || (code & 7) != (seen & 7)) throw PictureRefused.Malformed("its restart marks are out of order");
                seen++;
                writer.Write([0xFF, code]);
                at += 2;
                continue;
            }
            if (seen < restarts) throw PictureRefused.Truncated("parts of the picture are missing");
            if (TextAtEnd.Has(file[from..at], LongestEnd)) throw PictureRefused.Malformed("there is text behind its pixels");
            return at;
        }
    }

    /// <summary>
    /// Copies all bytes before the next 0xFF that is not followed by 0; how many these were. Both tests in one step, for a stuffed 0 comes
    /// every 250th byte or so and must not stop the search; and in the same step as copying, so that memory is read while it is written.
    /// </summary>
    private static int CopyToMarker(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var at = 0;
        var size = Vector256<byte>.Count;
        ref byte source = ref MemoryMarshal.GetReference(from), target = ref MemoryMarshal.GetReference(to);
        for (var safe = Math.Min(from.Length - 1, to.Length) - 4 * size; at <= safe; at += 4 * size)
        {
            var one = Vector256.LoadUnsafe(ref source, (nuint)at);
            var two = Vector256.LoadUnsafe(ref source, (nuint)(at + size));
            var three = Vector256.LoadUnsafe(ref source, (nuint)(at + 2 * size));
            var four = Vector256.LoadUnsafe(ref source, (nuint)(at + 3 * size));
            var found = Marks(one, ref source, at) | Marks(two, ref source, at + size) | Marks(three, ref source, at + 2 * size)
                | Marks(four, ref source, at + 3 * size);
            one.StoreUnsafe(ref target, (nuint)at);
            two.StoreUnsafe(ref target, (nuint)(at + size));
            three.StoreUnsafe(ref target, (nuint)(at + 2 * size));
            four.StoreUnsafe(ref target, (nuint)(at + 3 * size));
            if (found != Vector256<byte>.Zero) break;
        }
        for (; at < from.Length && (from[at] != 0xFF || (at + 1 < from.Length && from[at + 1] == 0)); at++) to[at] = from[at];
        return at;
    }

    /// <summary>Not 0 where a mark is: 0xFF in these bytes, and no 0 in the ones that stand one further.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Marks(Vector256<byte> bytes, ref byte source, int at) => Vector256.AndNot(
        Vector256.Equals(bytes, Vector256<byte>.AllBitsSet),
        Vector256.Equals(Vector256.LoadUnsafe(ref source, (nuint)at + 1), Vector256<byte>.Zero));
}
