namespace PhotoGuard.Ingest.Metadata.Icc;

/// <summary>The two texts that a profile must have, as constants. ICC.1:2022 section 10.15; ICC.1:2001-04 sections 6.5.17 and 6.5.18.</summary>
internal static class IccTexts
{
    internal const string Description = "Colours";
    internal const string Copyright = "None";

    /// <returns>Bytes written, without padding.</returns>
    internal static int Write(ref ByteWriter writer, string text, bool versionFour, bool description)
    {
        var start = writer.Position;
        if (versionFour)
        {
            writer.Write("mluc\0\0\0\0"u8);
            writer.WriteU32(1);
            writer.WriteU32(12);
            writer.Write("enUS"u8);
            writer.WriteU32((uint)text.Length * 2);
            writer.WriteU32(28);
            foreach (var letter in text) writer.WriteU16(letter);
        }
        else
        {
            writer.Write(description ? "desc\0\0\0\0"u8 : "text\0\0\0\0"u8);
            if (description) writer.WriteU32((uint)text.Length + 1);
            foreach (var letter in text) writer.Write([(byte)letter]);
            writer.Take(1);
            // No Unicode and no Macintosh text; the latter has a fixed room of 67 bytes.
            if (description) writer.Take(4 + 4 + 2 + 1 + 67);
        }
        return writer.Position - start;
    }
}
