using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Pixels;

/// <summary>
/// Whether a JPEG goes on to its EOI (ITU-T T.81, B.1.1): libjpeg makes up the end of a file that was cut and shows grey for what
/// is missing, which nobody would take for a damage.
/// </summary>
internal static class JpegEnd
{
    private const byte Eoi = 0xD9, Sos = 0xDA;

    /// <exception cref="PictureUndecodable">The file ends before its picture does.</exception>
    public static void MustBeThere(ReadOnlySpan<byte> jpeg)
    {
        var at = 2;
        while (at + 4 <= jpeg.Length && jpeg[at] == 0xFF)
        {
            var marker = jpeg[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (marker != Sos)
                continue;
            at = Math.Min(at, jpeg.Length);
            at += NextMarker(jpeg[at..]);
            if (at + 1 < jpeg.Length && jpeg[at + 1] == Eoi)
                return;
        }
        throw new PictureUndecodable(UndecodableReason.Damaged, "cut before its end");
    }

    // In coded data a byte FF stands before 00 or a restart marker, or it begins the next segment.
    private static int NextMarker(ReadOnlySpan<byte> coded)
    {
        var at = 0;
        while (true)
        {
            var next = coded[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= coded.Length)
                return coded.Length;
            at += next;
            if (coded[at + 1] is not (0x00 or 0xFF or (>= 0xD0 and <= 0xD7)))
                return at;
            at += coded[at + 1] == 0xFF ? 1 : 2;
        }
    }
}
