using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>The one fact that is kept of Exif: which way up. Exif 2.32 section 4.6.4, TIFF 6.0 section 2.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112, Short = 3, Long = 4;

    /// <summary>Length of <see cref="WriteTiff"/>'s block.</summary>
    internal const int TiffLength = 26;

    /// <summary>1 to 8 from the first directory of a TIFF block; 0 where it has none, or none that is legal.</summary>
    internal static int Find(ReadOnlySpan<byte> tiff)
    {
        if (!TiffEntries.IsTiff(tiff)) return 0;
        var entries = TiffEntries.First(tiff);
        while (entries.MoveNext())
        {
            if (entries.Tag != Tag) continue;
            // Some programs store it as a LONG, and readers follow them.
            var value = entries.Type switch { Short => entries.ShortValue, Long => entries.Value, _ => 0u };
            return value is >= 1 and <= 8 && entries.Count == 1 ? (int)value : 0;
        }
        return 0;
    }

    /// <summary>A TIFF block of one directory with the orientation alone.</summary>
    internal static void WriteTiff(Span<byte> block, int orientation)
    {
        ReadOnlySpan<byte> form =
            [(byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        form.CopyTo(block);
        block[19] = (byte)orientation;
    }
}
