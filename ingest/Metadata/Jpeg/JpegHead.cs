using System.Buffers;
using System.Runtime.CompilerServices;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>
/// What stands before the first scan: the frame, and what of the metadata decides how the picture is shown. Decoders look at JFIF
/// and Adobe marks to tell the colours (libjpeg: JFIF before Adobe), so both are rebuilt where they stood.
/// </summary>
internal struct JpegHead
{
    [InlineArray(256)]
    private struct Parts
    {
        private (int Offset, int Length) first;
    }

    private const int MostProfile = 4 * 1024 * 1024;
    private Parts profileParts;
    private int profileCount, profileLength;
    private bool profileBroken, exifSeen;

    public JpegHead()
    {
    }

    internal JpegFrame Frame { get; private set; }
    internal byte FrameMarker { get; private set; }
    internal Range FrameData { get; private set; }
    internal bool Jfif { get; private set; }

    /// <summary>0, 1 or 2; -1 without an Adobe mark.</summary>
    internal int AdobeTransform { get; private set; } = -1;

    /// <summary>1 to 8; 1 where the file says nothing.</summary>
    internal int Orientation { get; private set; } = 1;
    internal readonly bool HasProfile => profileCount > 0 || profileBroken;

    /// <exception cref="PictureRefused">No frame before the first scan, or one that is not taken.</exception>
    internal static JpegHead Read(ReadOnlySpan<byte> file)
    {
        var head = new JpegHead();
        var segments = new JpegSegments(file, 2);
        for (segments.Next(); segments.Marker != JpegMarkers.Sos; segments.Next())
        {
            var data = segments.Data;
            switch (segments.Marker)
            {
                case JpegMarkers.Sof0 or JpegMarkers.Sof1 or JpegMarkers.Sof2:
                    if (head.Frame.Components != 0) throw PictureRefused.Malformed("it has two frame headers");
                    head.Frame = JpegFrame.Read(segments.Marker, data);
                    head.FrameMarker = segments.Marker;
                    head.FrameData = segments.DataOffset..segments.Position;
                    break;
                case JpegMarkers.App0 when data.Length >= 14 && data.StartsWith(JpegMarkers.Jfif):
                    head.Jfif = true;
                    break;
                case JpegMarkers.App1 when data.Length >= 6 && data.StartsWith(JpegMarkers.Exif):
                    if (!head.exifSeen && ExifOrientation.Find(data[6..]) is not 0 and var found) head.Orientation = found;
                    head.exifSeen = true;
                    break;
                case JpegMarkers.App2 when data.StartsWith(JpegMarkers.Icc):
                    head.TakeProfilePart(data, segments.DataOffset);
                    break;
                case JpegMarkers.App14 when data.Length >= 12 && data.StartsWith(JpegMarkers.Adobe):
                    head.AdobeTransform = data[11] <= 2 ? data[11] : throw PictureRefused.UnsupportedCoding("its colours are marked unknown");
                    break;
                case JpegMarkers.Eoi:
                    throw PictureRefused.Malformed("it ends before the picture begins");
            }
        }
        return head.Frame.Components != 0 ? head : throw PictureRefused.Malformed("it has no frame header");
    }

    /// <summary>The profile put together, or null where its parts do not fit. ICC.1:2022 annex B.4.</summary>
    internal readonly byte[]? Profile(ReadOnlySpan<byte> file, out int length)
    {
        length = profileLength;
        if (profileBroken || profileLength > MostProfile) return null;
        for (var part = 1; part <= profileCount; part++)
            if (profileParts[part].Length == 0) return null;
        var whole = ArrayPool<byte>.Shared.Rent(profileLength);
        var at = 0;
        for (var part = 1; part <= profileCount; at += profileParts[part].Length, part++)
            file.Slice(profileParts[part].Offset, profileParts[part].Length).CopyTo(whole.AsSpan(at));
        return whole;
    }

    private void TakeProfilePart(ReadOnlySpan<byte> data, int offset)
    {
        if (data.Length <= 14 || data[12] == 0 || data[12] > data[13] || (profileCount != 0 && data[13] != profileCount)
            || profileParts[data[12]].Length != 0)
        {
            profileBroken = true;
            return;
        }
        profileCount = data[13];
        profileParts[data[12]] = (offset + 14, data.Length - 14);
        profileLength += data.Length - 14;
    }
}
