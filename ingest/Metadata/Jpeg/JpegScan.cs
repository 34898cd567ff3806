using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>Copies entropy-coded data, T.81 section B.1.1.5, up to the marker behind it. The cost of a picture is here.</summary>
internal static class JpegScan
{
    /// <summary>Position of the marker that ends the scan. Fill bytes are left out; restart markers must come in their order and number.</summary>
    internal static int Copy(ReadOnlySpan<byte> file, int from, ref ByteWriter writer, int restarts)
    {
        var at = from;
        for (var seen = 0; ; )
        {
            at = NextMarker(file, at);
            if (at < 0) throw PictureRefused.Truncated("its end is missing");
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
            if (EndsInText(file[from..at])) throw PictureRefused.Malformed("there is text behind its pixels");
            writer.Write(file[from..at]);
            return at;
        }
    }

    /// <summary>
    /// Bytes behind the last coded unit can only be told by decoding. A text put there is caught: sixteen printable bytes in a row of
    /// at least eight kinds end one honest scan in some ten million (flat areas repeat a pattern of one to three bytes).
    /// </summary>
    private static bool EndsInText(ReadOnlySpan<byte> coded)
    {
        if (coded.Length < 16) return false;
        var tail = coded[^16..];
        if (tail.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;
        UInt128 kinds = 0;
        foreach (var letter in tail) kinds |= UInt128.One << letter;
        return UInt128.PopCount(kinds) >= 8;
    }

    /// <summary>Position of the next 0xFF that is not followed by 0; -1 where none is.</summary>
    private static int NextMarker(ReadOnlySpan<byte> file, int at)
    {
        ref var start = ref MemoryMarshal.GetReference(file);
        // Both tests in one step, so that the stuffed zero of every 250th byte or so does not stop the search.
        for (; at + 1 + Vector256<byte>.Count <= file.Length; at += Vector256<byte>.Count)
        {
            var marks = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at), Vector256<byte>.AllBitsSet);
            if (marks == Vector256<byte>.Zero) continue;
            var stuffed = Vector256.Equals(Vector256.LoadUnsafe(ref start, (nuint)at + 1), Vector256<byte>.Zero);
            var found = Vector256.AndNot(marks, stuffed).ExtractMostSignificantBits();
            if (found != 0) return at + int.CreateTruncating(uint.TrailingZeroCount(found));
        }
        for (; at + 1 < file.Length; at++)
            if (file[at] == 0xFF && file[at + 1] != 0) return at;
        return -1;
    }
}
