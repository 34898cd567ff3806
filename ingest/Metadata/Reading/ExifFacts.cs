using System.Globalization;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Tiff;
using MetadataExtractor.IO;
using Directory = MetadataExtractor.Directory;

namespace PhotoGuard.Ingest.Metadata.Reading;

/// <summary>The few Exif values that the record keeps, read by MetadataExtractor. Exif 2.32 sections 4.6.4 and 4.6.5.</summary>
internal sealed record ExifFacts(string? Make, string? Model, string? DateTimeOriginal, string? OffsetTimeOriginal)
{
    internal static readonly ExifFacts None = new(null, null, null, null);

    /// <summary>Never throws: what the reader cannot follow is absent.</summary>
    internal static ExifFacts Read(ReadOnlySpan<byte> tiff)
    {
        var directories = new List<Directory>();
        try
        {
            TiffReader.ProcessTiff(new ByteArrayReader(tiff.ToArray()), new FewTags(directories));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever was read before the damage counts.
        }
        var main = directories.OfType<ExifIfd0Directory>().FirstOrDefault();
        var more = directories.OfType<ExifSubIfdDirectory>().FirstOrDefault();
        return new(
            main?.GetString(ExifDirectoryBase.TagMake),
            main?.GetString(ExifDirectoryBase.TagModel),
            more?.GetString(ExifDirectoryBase.TagDateTimeOriginal),
            more?.GetString(ExifDirectoryBase.TagTimeZoneOriginal));
    }

    /// <summary>Null where there is no date, or none of a calendar.</summary>
    internal DateTimeOffset? TakenAt(TimeZoneInfo schoolZone)
    {
        if (!DateTime.TryParseExact(DateTimeOriginal?.Trim(' ', '\0'), "yyyy:MM:dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return null;
        // A day at either end of the calendar would leave it with an offset, and is impossible anyway.
        if (local.Year is < 1900 or > 9000) return null;
        return new DateTimeOffset(local, Offset() ?? schoolZone.GetUtcOffset(local));
    }

    private TimeSpan? Offset()
    {
        var text = OffsetTimeOriginal?.Trim(' ', '\0');
        if (text is "Z") return TimeSpan.Zero;
        if (text is not ['+' or '-', _, _, ':', _, _]) return null;
        if (!TimeSpan.TryParseExact(text[1..], "hh\\:mm", CultureInfo.InvariantCulture, out var offset) || offset > TimeSpan.FromHours(14)) return null;
        return text[0] == '-' ? -offset : offset;
    }

    /// <summary>
    /// Passes over every tag but the four, and enters no directory but Exif's: a file of 64 KiB can ask a reader of all tags to
    /// copy hundreds of megabytes.
    /// </summary>
    private sealed class FewTags(List<Directory> directories) : ExifTiffHandler(directories)
    {
        private const int MostBytes = 1024;

        public override bool TryEnterSubIfd(int tagType) =>
            tagType == ExifIfd0Directory.TagExifSubIfdOffset && CurrentDirectory is ExifIfd0Directory && base.TryEnterSubIfd(tagType);

        public override bool HasFollowerIfd() => false;

        public override bool CustomProcessTag(int tagOffset, ICollection<int> processedIfdOffsets, IndexedReader reader, int tagId, int byteCount) =>
            byteCount > MostBytes || tagId is not (ExifDirectoryBase.TagMake or ExifDirectoryBase.TagModel
                or ExifDirectoryBase.TagDateTimeOriginal or ExifDirectoryBase.TagTimeZoneOriginal);
    }
}
