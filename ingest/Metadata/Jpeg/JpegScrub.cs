using System.Buffers;
using PhotoGuard.Ingest.Metadata.Icc;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>
/// JPEG by allow-list, ITU-T T.81: tables, frame, scans. Written are SOI, then as needed JFIF, orientation, colour profile and Adobe
/// mark, each rebuilt; then the coded parts in their order, and EOI. All other segments go, wherever they stand.
/// </summary>
internal static class JpegScrub
{
    private const int MostScans = 256;

    // JFIF, Exif and Adobe segments, what a rewritten profile may grow by, and heads of tables that shared a segment: at most twelve
    // tables and an interval a scan.
    private const int MostGrowth = 18 + 36 + 16 + IccRewrite.MostGrowth + 18 + MostScans * (12 * 4 + 6);

    // Used again for the next picture: nobody else sees it.
    [ThreadStatic]
    private static RemovedList? spare;

    internal static ScrubbedPicture Scrub(ReadOnlySpan<byte> file)
    {
        var head = JpegHead.Read(file);
        var buffer = ArrayPool<byte>.Shared.Rent(file.Length + MostGrowth);
        try
        {
            return Write(file, in head, buffer);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static ScrubbedPicture Write(ReadOnlySpan<byte> file, in JpegHead head, byte[] buffer)
    {
        var removed = spare ??= new();
        removed.Clear();
        IReadOnlyList<string> flags = head.Frame.Components == 4 ? ["printing-colours"] : [];
        var writer = new ByteWriter(buffer);
        writer.Write([0xFF, JpegMarkers.Soi]);
        if (head.Jfif) writer.Write(JfifSegment);
        if (head.Orientation > 1) WriteOrientation(ref writer, head.Orientation);
        if (head.HasProfile && !WriteProfile(file, head, ref writer, removed)) flags = [.. flags, "colour-profile-dropped"];
        var coded = writer.Position;
        if (head.AdobeTransform >= 0) WriteAdobe(ref writer, head.AdobeTransform);
        var end = WriteCodedParts(file, head, ref writer, removed);
        removed.AddTrailing(file[end..]);
        return new ScrubbedPicture(buffer, writer.Position)
        {
            Kind = PictureKind.Jpeg,
            Width = head.Frame.Width,
            Height = head.Frame.Height,
            Orientation = head.Orientation,
            Removed = removed.Items,
            Flags = flags,
            CodedRanges = [coded..writer.Position],
        };
    }

    /// <summary>Position behind EOI of the first picture, where everything is cut.</summary>
    private static int WriteCodedParts(ReadOnlySpan<byte> file, in JpegHead head, ref ByteWriter writer, RemovedList removed)
    {
        var segments = new JpegSegments(file, 2);
        var tables = new JpegTables(file);
        int scans = 0, frames = 0;
        while (true)
        {
            segments.Next();
            switch (segments.Marker)
            {
                case JpegMarkers.Dqt: tables.TakeQuantisers(segments.DataOffset, segments.Position); break;
                case JpegMarkers.Dht: tables.TakeCodes(segments.DataOffset, segments.Position); break;
                case JpegMarkers.Dri: tables.TakeRestart(segments.Data); break;
                case JpegMarkers.Sof0 or JpegMarkers.Sof1 or JpegMarkers.Sof2:
                    if (++frames > 1) throw PictureRefused.Malformed("it has two frame headers");
                    break;
                case JpegMarkers.Sos:
                    if (++scans > MostScans) throw PictureRefused.UnsupportedCoding("it has very many layers");
                    var needed = tables.CheckScan(segments.Data, head.Frame, out var restarts);
                    tables.WriteQuantisers(needed, ref writer);
                    if (scans == 1) JpegSegments.Write(ref writer, head.FrameMarker, file[head.FrameData]);
                    tables.WriteCodes(needed, ref writer);
                    JpegSegments.Write(ref writer, JpegMarkers.Sos, segments.Data);
                    segments.Position = JpegScan.Copy(file, segments.Position, ref writer, restarts);
                    break;
                case JpegMarkers.Eoi:
                    if (tables.Brought != (1 << head.Frame.Components) - 1) throw PictureRefused.Truncated("a colour channel is missing");
                    writer.Write([0xFF, JpegMarkers.Eoi]);
                    return segments.Position;
                case (>= JpegMarkers.App0 and <= JpegMarkers.App15) or JpegMarkers.Com:
                    JpegCarriers.Tell(segments.Marker, segments.Data, removed);
                    break;
                default:
                    throw PictureRefused.UnsupportedCoding("it is arithmetic, lossless or layered coding");
            }
        }
    }

    /// <summary>JFIF 1.01, square pixels, no thumbnail.</summary>
    private static ReadOnlySpan<byte> JfifSegment =>
        [0xFF, JpegMarkers.App0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    private static void WriteOrientation(ref ByteWriter writer, int orientation)
    {
        writer.Write([0xFF, JpegMarkers.App1, 0, 8 + ExifOrientation.TiffLength, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0]);
        ExifOrientation.WriteTiff(writer.Take(ExifOrientation.TiffLength), orientation);
    }

    /// <summary>The twelve bytes that the mark has, version and flags constant.</summary>
    private static void WriteAdobe(ref ByteWriter writer, int transform) =>
        writer.Write([0xFF, JpegMarkers.App14, 0, 14, .. JpegMarkers.Adobe, 0, 100, 0, 0, 0, 0, (byte)transform]);

    private static bool WriteProfile(ReadOnlySpan<byte> file, in JpegHead head, ref ByteWriter writer, RemovedList removed)
    {
        var colours = head.Frame.Components switch { 1 => IccColours.Grey, 3 => IccColours.Rgb, _ => IccColours.Cmyk };
        if (head.Profile(file, out var length) is { } whole)
        {
            var clean = ArrayPool<byte>.Shared.Rent(length + IccRewrite.MostGrowth);
            var written = IccRewrite.Rewrite(whole.AsSpan(0, length), colours, clean);
            if (written > 0)
            {
                WriteProfileParts(clean.AsSpan(0, written), ref writer);
                if (!clean.AsSpan(0, written).SequenceEqual(whole.AsSpan(0, length))) removed.Add(Removed.ProfileText);
            }
            ArrayPool<byte>.Shared.Return(whole);
            ArrayPool<byte>.Shared.Return(clean);
            if (written > 0) return true;
        }
        if (colours == IccColours.Cmyk) throw PictureRefused.UnreadableColours();
        removed.Add(Removed.ColourProfile);
        return false;
    }

    private static void WriteProfileParts(ReadOnlySpan<byte> clean, ref ByteWriter writer)
    {
        var parts = (clean.Length - 1) / JpegMarkers.IccPerSegment + 1;
        for (var part = 0; part < parts; part++)
        {
            var data = clean[(part * JpegMarkers.IccPerSegment)..];
            data = data[..Math.Min(data.Length, JpegMarkers.IccPerSegment)];
            writer.Write([0xFF, JpegMarkers.App2]);
            writer.WriteU16(data.Length + 16);
            writer.Write(JpegMarkers.Icc);
            writer.Write([(byte)(part + 1), (byte)parts]);
            writer.Write(data);
        }
    }
}
