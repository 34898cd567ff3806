using System.Buffers;
using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Webp;

/// <summary>WebP by allow-list, RFC 9649: the coded picture, and where they are needed its transparency, colours and orientation.</summary>
internal static class WebpScrub
{
    private const int CanvasLength = 10;

    // Heads and padding of the file and of five chunks, VP8X and Exif.
    private const int MostFixed = 128;

    internal static ScrubbedPicture Scrub(ReadOnlySpan<byte> file)
    {
        var parts = WebpParts.Read(file);
        var buffer = ArrayPool<byte>.Shared.Rent(MostFixed + file[parts.Picture].Length + file[parts.Alpha].Length + (parts.Profile?.Length ?? 0));
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

    private static ScrubbedPicture Write(ReadOnlySpan<byte> file, WebpParts parts, byte[] buffer)
    {
        var writer = new ByteWriter(buffer);
        writer.WriteU32(WebpType.Riff);
        writer.Take(4);
        writer.WriteU32(WebpType.Webp);
        if (parts.NeedsExtended) WriteCanvas(ref writer, parts);
        if (parts.Profile is not null) WriteChunk(ref writer, WebpType.Profile, parts.Profile);
        var coded = writer.Position;
        if (!parts.Alpha.Equals(default)) WriteChunk(ref writer, WebpType.Alpha, file[parts.Alpha]);
        WriteChunk(ref writer, parts.PictureType, file[parts.Picture]);
        var end = writer.Position;
        if (parts.Orientation > 1)
        {
            Span<byte> tiff = stackalloc byte[ExifOrientation.TiffLength];
            ExifOrientation.WriteTiff(tiff, parts.Orientation);
            WriteChunk(ref writer, WebpType.Exif, tiff);
        }
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(4), writer.Position - 8);
        return new ScrubbedPicture(buffer, writer.Position)
        {
            Kind = PictureKind.Webp,
            Width = parts.Size.Width,
            Height = parts.Size.Height,
            Orientation = parts.Orientation,
            Removed = parts.Removed.Items,
            Flags = parts.ProfileDropped ? ["colour-profile-dropped"] : [],
            CodedRanges = [coded..end],
        };
    }

    private static void WriteCanvas(ref ByteWriter writer, WebpParts parts)
    {
        Span<byte> canvas = stackalloc byte[CanvasLength];
        canvas.Clear();
        if (parts.Profile is not null) canvas[0] |= WebpType.HasProfile;
        if (parts.SaysAlpha) canvas[0] |= WebpType.HasAlpha;
        if (parts.Orientation > 1) canvas[0] |= WebpType.HasExif;
        Three(canvas[4..], parts.Size.Width - 1);
        Three(canvas[7..], parts.Size.Height - 1);
        WriteChunk(ref writer, WebpType.Extended, canvas);

        static void Three(Span<byte> at, int value) => (at[0], at[1], at[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));
    }

    private static void WriteChunk(ref ByteWriter writer, uint type, scoped ReadOnlySpan<byte> data)
    {
        writer.WriteU32(type);
        writer.WriteLittleU32((uint)data.Length);
        writer.Write(data);
        writer.Take(data.Length & 1);
    }
}
