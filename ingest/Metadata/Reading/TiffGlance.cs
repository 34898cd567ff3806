namespace PhotoGuard.Ingest.Metadata.Reading;

/// <summary>What an Exif block holds besides the orientation, told without allocating and in time linear in the block.</summary>
internal readonly record struct TiffGlance(bool More, bool Thumbnail, bool Location)
{
    private const int Orientation = 0x0112, GpsPointer = 0x8825, ThumbnailOffset = 0x0201, StripOffsets = 0x0111;

    /// <summary>A block that is no TIFF counts as holding more, for nobody knows what it is.</summary>
    internal static TiffGlance At(ReadOnlySpan<byte> tiff)
    {
        if (!TiffEntries.IsTiff(tiff)) return new(More: !tiff.IsEmpty, false, false);
        bool more = tiff.Length > ExifOrientation.TiffLength, thumbnail = false, location = false;
        uint gps = 0;
        var first = TiffEntries.First(tiff);
        while (first.MoveNext())
        {
            more |= first.Tag != Orientation;
            if (first.Tag == GpsPointer) gps = first.Value;
        }
        var places = new TiffEntries(tiff, gps);
        while (places.MoveNext()) location |= IsPlace(places.Tag);
        var second = new TiffEntries(tiff, first.Following);
        while (second.MoveNext()) thumbnail |= second.Tag is ThumbnailOffset or StripOffsets;
        return new(more, thumbnail, location);
    }

    // Exif 2.32 section 4.6.6: latitude, longitude, altitude, the place aimed at, names of methods and areas.
    private static bool IsPlace(int tag) => tag is (>= 1 and <= 6) or (>= 19 and <= 28);
}
