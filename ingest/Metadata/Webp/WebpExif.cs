namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>The EXIF chunk, RFC 9649 section 2.7.1.5: a TIFF block. Many programs put the six letters of JPEG before it.</summary>
internal static class WebpExif
{
    internal static ReadOnlySpan<byte> TiffOf(ReadOnlySpan<byte> data)
    {
        var letters = "Exif\0\0"u8;
        return data.StartsWith(letters) ? data[letters.Length..] : data;
    }
}
