namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>Says of each dropped segment what it was. Nothing here decides what stays.</summary>
internal static class JpegCarriers
{
    internal static void Tell(byte marker, ReadOnlySpan<byte> data, RemovedList removed)
    {
        switch (marker)
        {
            case JpegMarkers.App0 when data.StartsWith(JpegMarkers.Jfif):
                if (data.Length > 14) removed.Add(Removed.Thumbnail);
                break;
            case JpegMarkers.App0 when data.StartsWith(JpegMarkers.Jfxx):
                removed.Add(Removed.Thumbnail);
                break;
            case JpegMarkers.App1 when data.Length >= 6 && data.StartsWith(JpegMarkers.Exif):
                removed.AddExif(data[6..]);
                break;
            case JpegMarkers.App1 when data.StartsWith(JpegMarkers.Xmp) || data.StartsWith(JpegMarkers.XmpMore):
                removed.AddXmp(data);
                break;
            case JpegMarkers.App2 when data.StartsWith(JpegMarkers.Icc):
                break;
            case JpegMarkers.App13:
                removed.AddPhotoshop(data);
                break;
            case JpegMarkers.App14 when data.Length == 12 && data.StartsWith(JpegMarkers.Adobe):
                break;
            case JpegMarkers.Com:
                removed.Add(Removed.Comment);
                break;
            default:
                removed.Add(Removed.PrivateData);
                break;
        }
    }
}
