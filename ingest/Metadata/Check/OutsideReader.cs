using System.Buffers.Binary;
using MetadataExtractor;
using MetadataExtractor.Formats.Adobe;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.FileType;
using MetadataExtractor.Formats.Heif;
using MetadataExtractor.Formats.Icc;
using MetadataExtractor.Formats.Jfif;
using MetadataExtractor.Formats.Jpeg;
using MetadataExtractor.Formats.Png;
using MetadataExtractor.Formats.QuickTime;
using Directory = MetadataExtractor.Directory;

namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>MetadataExtractor over a clean picture: a reader that others wrote must agree that nothing is left.</summary>
internal static class OutsideReader
{
    internal static unsafe void Verify(ReadOnlySpan<byte> clean)
    {
        IReadOnlyList<Directory> found;
        var head = HeadOf(clean);
        try
        {
            fixed (byte* first = head)
            {
                using var stream = new UnmanagedMemoryStream(first, head.Length);
                found = clean[0] switch
                {
                    0xFF => JpegMetadataReader.ReadMetadata(stream),
                    0 => HeifMetadataReader.ReadMetadata(stream),
                    _ => PngMetadataReader.ReadMetadata(stream),
                };
            }
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw PictureRefused.CheckFailed("MetadataExtractor cannot read it");
        }
        foreach (var directory in found)
            if (!IsKnown(directory)) throw PictureRefused.CheckFailed($"MetadataExtractor sees {directory.Name}");
    }

    /// <summary>Of a PNG what stands before its pixels: the reader copies every chunk, and pixels were counted already.</summary>
    private static ReadOnlySpan<byte> HeadOf(ReadOnlySpan<byte> clean)
    {
        if (clean[0] is 0xFF or 0) return clean;
        var at = 8;
        while (!clean[(at + 4)..].StartsWith("IDAT"u8)) at += 12 + (int)BinaryPrimitives.ReadUInt32BigEndian(clean[at..]);
        ReadOnlySpan<byte> end = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];
        return (byte[])[.. clean[..at], .. end];
    }

    private static bool IsKnown(Directory directory) => directory switch
    {
        JpegDirectory or JfifDirectory or AdobeJpegDirectory or HuffmanTablesDirectory or IccDirectory or FileTypeDirectory
            or PngChromaticitiesDirectory or QuickTimeFileTypeDirectory or HeicImagePropertiesDirectory => true,
        ExifIfd0Directory => directory.Tags.All(tag => tag.Type == ExifDirectoryBase.TagOrientation),
        PngDirectory => directory.Tags.All(tag => tag.Type != PngDirectory.TagTextualData && tag.Type != PngDirectory.TagLastModificationTime),
        _ => false,
    };
}
