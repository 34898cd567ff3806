using System.Buffers.Binary;
using PhotoGuard.Ingest.Metadata.Heic;
using PhotoGuard.Ingest.Metadata.Jpeg;
using PhotoGuard.Ingest.Metadata.Png;
using PhotoGuard.Ingest.Metadata.Webp;

namespace PhotoGuard.Ingest.Metadata.Reading;

/// <summary>Where a file holds its Exif, and whether anything before or between its pixels names a place.</summary>
/// <param name="Exif">The first TIFF block.</param>
/// <param name="HasLocation">In any of the carriers.</param>
/// <param name="Assembled">The first TIFF block of a file that may hold it in pieces.</param>
internal readonly record struct Carriers(Range? Exif, bool HasLocation, byte[]? Assembled = null)
{
    // Hostile files repeat carriers; honest ones have a few.
    private const int MostCarriers = 256, MostBytes = 1024 * 1024;

    /// <summary>Never throws; stops where the file stops making sense.</summary>
    internal static Carriers Of(ReadOnlySpan<byte> file)
    {
        try
        {
            return PictureSniffer.KindOf(file) switch
            {
                PictureKind.Jpeg => OfJpeg(file),
                PictureKind.Png => OfPng(file),
                PictureKind.Heic => HeicCarriers.Read(file),
                _ => OfWebp(file),
            };
        }
        catch (PictureRefused)
        {
            return default;
        }
    }

    private static Carriers OfJpeg(ReadOnlySpan<byte> file)
    {
        Range? exif = null;
        var location = false;
        var segments = new JpegSegments(file, 2);
        for (var left = MostCarriers; left > 0 && TryNext(ref segments) && segments.Marker is not (JpegMarkers.Sos or JpegMarkers.Eoi);)
        {
            var data = segments.Data;
            if (segments.Marker is < JpegMarkers.App0 or > JpegMarkers.App15) continue;
            left--;
            if (segments.Marker == JpegMarkers.App1 && data.Length >= 6 && data.StartsWith(JpegMarkers.Exif))
            {
                exif ??= (segments.Position - data.Length + 6)..segments.Position;
                location |= TiffGlance.At(data[6..]).Location;
            }
            else if (segments.Marker == JpegMarkers.App13) location |= PlaceWords.InPhotoshop(data).Place;
            else if (segments.Marker == JpegMarkers.App1) location |= PlaceWords.InXmp(data);
        }
        return new(exif, location);
    }

    private static bool TryNext(ref JpegSegments segments)
    {
        try
        {
            segments.Next();
            return true;
        }
        catch (PictureRefused)
        {
            return false;
        }
    }

    private static Carriers OfPng(ReadOnlySpan<byte> file)
    {
        Range? exif = null;
        var location = false;
        int left = MostCarriers, texts = 0;
        for (var at = 8; left > 0 && file.Length - at >= 12;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12) break;
            var type = BinaryPrimitives.ReadUInt32BigEndian(file[(at + 4)..]);
            var data = file.Slice(at + 8, (int)length);
            if (type == PngType.Exif && length <= MostBytes)
            {
                left--;
                exif ??= (at + 8)..(at + 8 + (int)length);
                location |= TiffGlance.At(data).Location;
            }
            else if (type is PngType.Text or PngType.PackedText or PngType.WideText)
            {
                location |= texts++ < PngTextFinder.MostTexts && PngTextFinder.HasPlace(type, data);
            }
            at += 12 + (int)length;
        }
        return new(exif, location);
    }

    private static Carriers OfWebp(ReadOnlySpan<byte> file)
    {
        Range? exif = null;
        var location = false;
        var left = MostCarriers;
        // Fewer bytes than that are no file with a chunk.
        if (file.Length < 20) return default;
        var end = (int)Math.Min(file.Length, 8L + BinaryPrimitives.ReadUInt32LittleEndian(file[4..]));
        for (var at = WebpChunks.FileHead; left > 0 && end - at >= 8;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            if (length > end - at - 8) break;
            var type = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            var data = file.Slice(at + 8, (int)length);
            at += 8 + (int)length;
            if (type == WebpType.Exif && length <= MostBytes)
            {
                left--;
                var tiff = WebpExif.TiffOf(data);
                exif ??= (at - tiff.Length)..at;
                location |= TiffGlance.At(tiff).Location;
            }
            else if (type == WebpType.Xmp)
            {
                left--;
                location |= PlaceWords.InXmp(data);
            }
            at += (int)(length & 1);
        }
        return new(exif, location);
    }
}
