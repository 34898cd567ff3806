using System.Buffers;
using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>
/// PNG by allow-list, W3C PNG third edition: header, colours, palette, transparency, pixels. The packed pixels stay as they are, cut
/// into chunks of one size so that the same picture has the same bytes.
/// </summary>
internal static class PngScrub
{
    /// <summary>Bytes in every IDAT chunk but the last.</summary>
    internal const int DataChunk = 256 * 1024;

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    internal static ScrubbedPicture Scrub(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Signature))
            throw file.Length < Signature.Length ? PictureRefused.Truncated("its end is missing") : PictureRefused.Malformed("its first bytes are wrong");
        var parts = PngParts.Read(file);
        // Kept chunks but IDAT come to less than 2,000 bytes.
        var buffer = ArrayPool<byte>.Shared.Rent(parts.DataLength + 12 * (parts.DataLength / DataChunk + 1) + (parts.Profile?.Length ?? 0) + 2_000);
        try
        {
            return Write(file, parts, buffer);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static ScrubbedPicture Write(ReadOnlySpan<byte> file, PngParts parts, byte[] buffer)
    {
        var writer = new ByteWriter(buffer);
        writer.Write(Signature);
        var headerStart = writer.Position;
        WriteChunk(ref writer, PngType.Header, file.Slice(16, 13));
        var headerEnd = writer.Position;
        WriteIfAny(ref writer, PngType.CodePoints, file[parts.CodePoints]);
        WriteIfAny(ref writer, PngType.Profile, parts.Profile);
        // A profile and sRGB exclude each other (section 11.3.2.3); decoders that know both go by the profile.
        if (parts.Profile is null) WriteIfAny(ref writer, PngType.StandardRgb, file[parts.StandardRgb]);
        WriteIfAny(ref writer, PngType.Gamma, file[parts.Gamma]);
        WriteIfAny(ref writer, PngType.Chromaticities, file[parts.Chromaticities]);
        if (parts.Orientation > 1)
        {
            Span<byte> tiff = stackalloc byte[ExifOrientation.TiffLength];
            ExifOrientation.WriteTiff(tiff, parts.Orientation);
            WriteChunk(ref writer, PngType.Exif, tiff);
        }
        var coded = writer.Position;
        WriteIfAny(ref writer, PngType.Palette, file[parts.Palette]);
        WriteIfAny(ref writer, PngType.Transparency, file[parts.Transparency]);
        var pixels = writer.Position;
        WriteData(ref writer, file[parts.DataChunks], parts.DataLength);
        PngPixels.Check(parts.Header, buffer.AsMemory(pixels..writer.Position));
        WriteChunk(ref writer, PngType.End, default);
        return new ScrubbedPicture(buffer, writer.Position)
        {
            Kind = PictureKind.Png,
            Width = parts.Header.Width,
            Height = parts.Header.Height,
            Orientation = parts.Orientation,
            Removed = parts.Removed.Items,
            Flags = parts.ProfileDropped ? ["colour-profile-dropped"] : [],
            CodedRanges = [headerStart..headerEnd, coded..writer.Position],
        };
    }

    private static void WriteData(ref ByteWriter writer, ReadOnlySpan<byte> chunks, int total)
    {
        var source = default(ReadOnlySpan<byte>);
        for (int left = total, size; left > 0; left -= size)
        {
            size = Math.Min(left, DataChunk);
            var start = writer.Position;
            writer.WriteU32((uint)size);
            writer.WriteU32(PngType.Data);
            for (int room = size, taken; room > 0; room -= taken)
            {
                for (; source.IsEmpty; chunks = chunks[(12 + source.Length)..]) source = chunks.Slice(8, (int)BinaryPrimitives.ReadUInt32BigEndian(chunks));
                taken = Math.Min(room, source.Length);
                writer.Write(source[..taken]);
                source = source[taken..];
            }
            writer.WriteU32(Crc32.Of(writer.Written[(start + 4)..]));
        }
    }

    private static void WriteIfAny(ref ByteWriter writer, uint type, ReadOnlySpan<byte> data)
    {
        if (!data.IsEmpty) WriteChunk(ref writer, type, data);
    }

    private static void WriteChunk(ref ByteWriter writer, uint type, scoped ReadOnlySpan<byte> data)
    {
        var start = writer.Position;
        writer.WriteU32((uint)data.Length);
        writer.WriteU32(type);
        writer.Write(data);
        writer.WriteU32(Crc32.Of(writer.Written[(start + 4)..]));
    }
}
