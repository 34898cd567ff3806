using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>Says of each text chunk what it was; ImageMagick and others store Exif, XMP and IPTC as hexadecimal text.</summary>
internal static class PngTexts
{
    /// <param name="look">False where enough texts were looked into for a place.</param>
    internal static void Tell(uint type, ReadOnlySpan<byte> data, RemovedList removed, bool look)
    {
        if (PngTextFinder.IsXmp(data)) removed.Add(Removed.EditingHistory);
        else if (data.StartsWith("Raw profile type iptc"u8) || data.StartsWith("Raw profile type 8bim"u8)) removed.Add(Removed.CaptionFields);
        else if (data.StartsWith("Raw profile type"u8)) removed.Add(Removed.CameraDetails);
        else removed.Add(Removed.Comment);
        if (look && PngTextFinder.HasPlace(type, data)) removed.Add(Removed.Location);
    }
}
