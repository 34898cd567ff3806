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
using MetadataExtractor.Formats.WebP;
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
                    (byte)'R' => WebPMetadataReader.ReadMetadata(stream),
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

    /// <summary>Of a PNG or WebP what stands before and behind its pixels: the reader copies every chunk, and pixels were accounted for already.</summary>
    private static ReadOnlySpan<byte> HeadOf(ReadOnlySpan<byte> clean) => clean[0] switch
    {
        0xFF or 0 => clean,
        (byte)'R' => HeadOfWebp(clean),
        _ => HeadOfPng(clean),
    };

    private static byte[] HeadOfPng(ReadOnlySpan<byte> clean)
    {
        var at = 8;
        while (!clean[(at + 4)..].StartsWith("IDAT"u8)) at += 12 + (int)BinaryPrimitives.ReadUInt32BigEndian(clean[at..]);
        ReadOnlySpan<byte> end = [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];
        return [.. clean[..at], .. end];
    }

    /// <summary>The pixels' own head is left, with their size.</summary>
    private static byte[] HeadOfWebp(ReadOnlySpan<byte> clean)
    {
        const int PixelsHead = 10;
        var at = 12;
        while (!clean[at..].StartsWith("VP8 "u8) && !clean[at..].StartsWith("VP8L"u8)) at = Behind(clean, at);
        var head = Math.Min(PixelsHead, BinaryPrimitives.ReadInt32LittleEndian(clean[(at + 4)..]) & ~1);
        byte[] file = [.. clean[..(at + 8 + head)], .. clean[Behind(clean, at)..]];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at + 4), head);
        return file;

        static int Behind(ReadOnlySpan<byte> clean, int chunk) =>
            chunk + 8 + (BinaryPrimitives.ReadInt32LittleEndian(clean[(chunk + 4)..]) + 1 & ~1);
    }

    private static bool IsKnown(Directory directory) => directory switch
    {
        JpegDirectory or JfifDirectory or AdobeJpegDirectory or HuffmanTablesDirectory or IccDirectory or FileTypeDirectory
            or PngChromaticitiesDirectory or QuickTimeFileTypeDirectory or HeicImagePropertiesDirectory => true,
        ExifIfd0Directory => directory.Tags.All(tag => tag.Type == ExifDirectoryBase.TagOrientation),
        WebPDirectory => directory.Tags.All(tag => tag.Type != WebPDirectory.TagIsAnimation || !directory.GetBoolean(tag.Type)),
        PngDirectory => directory.Tags.All(tag => tag.Type != PngDirectory.TagTextualData && tag.Type != PngDirectory.TagLastModificationTime),
        _ => false,
    };
}
