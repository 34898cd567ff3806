using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using PhotoGuard.Tests.Ingest.Pixels;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>WebP files made chunk by chunk, legal or not, around pixels that libvips coded.</summary>
internal static class TestWebp
{
    internal const int Width = 41, Height = 30;

    internal const byte Profile = 0x20, Alpha = 0x10, Exif = 0x08, Xmp = 0x04;

    /// <summary>Data of a VP8 chunk of 41 × 30 pixels.</summary>
    internal static byte[] Lossy { get; } = Of(PaintedPicture.Webp(Width, Height), "VP8 ");

    /// <summary>Data of a VP8L chunk of 41 × 30 pixels.</summary>
    internal static byte[] Lossless { get; } = Of(PaintedPicture.Webp(Width, Height, "lossless=true"), "VP8L");

    /// <summary>The same with a transparent half.</summary>
    internal static byte[] TransparentLossless { get; } = Of(PaintedPicture.TransparentWebp(Width, Height, "lossless=true"), "VP8L");

    /// <summary>Data of ALPH and VP8 of a picture with a transparent half.</summary>
    internal static (byte[] Alpha, byte[] Lossy) Transparent { get; } = (Of(PaintedPicture.TransparentWebp(Width, Height), "ALPH"), Of(PaintedPicture.TransparentWebp(Width, Height), "VP8 "));

    internal static byte[] Chunk(string type, ReadOnlySpan<byte> data, byte padding = 0)
    {
        byte[] chunk = [.. Encoding.ASCII.GetBytes(type), 0, 0, 0, 0, .. data];
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), data.Length);
        return data.Length % 2 == 0 ? chunk : [.. chunk, padding];
    }

    internal static byte[] File(params byte[][] chunks)
    {
        byte[] file = [.. "RIFF\0\0\0\0WEBP"u8, .. chunks.SelectMany(chunk => chunk)];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    internal static byte[] Canvas(byte flags, int width = Width, int height = Height) =>
        Chunk("VP8X", [flags, 0, 0, 0, .. BitConverter.GetBytes(width - 1)[..3], .. BitConverter.GetBytes(height - 1)[..3]]);

    /// <summary>A lossy picture between more chunks.</summary>
    internal static byte[] Make(byte flags = 0, byte[]? before = null, byte[]? behind = null) =>
        File(Canvas(flags), before ?? [], Chunk("VP8 ", Lossy), behind ?? []);

    /// <summary>Chunks of a file by type and data.</summary>
    internal static List<(string Type, byte[] Data)> Read(byte[] webp)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = 12; at < webp.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(webp.AsSpan(at + 4));
            chunks.Add((Encoding.ASCII.GetString(webp, at, 4), webp[(at + 8)..(at + 8 + length)]));
            at += 8 + length + length % 2;
        }
        return chunks;
    }

    internal static byte[] Of(byte[] webp, string type) => Read(webp).Single(chunk => chunk.Type == type).Data;

    /// <summary>A key frame that no encoder made: a header of these bits, and partitions that hold anything.</summary>
    /// <param name="bits">Frame header, RFC 6386 section 19.2, without any bit of uneven odds.</param>
    internal static byte[] Frame(string bits, byte[] firstTail, params byte[][] partitions)
    {
        byte[] first = [.. EvenOdds(bits), .. firstTail];
        var tag = first.Length << 5 | 0x10;
        return [(byte)tag, (byte)(tag >> 8), (byte)(tag >> 16), 0x9D, 0x01, 0x2A, Width, 0, Height, 0, .. first,
            .. partitions[..^1].SelectMany(partition => BitConverter.GetBytes(partition.Length)[..3]), .. partitions.SelectMany(partition => partition)];
    }

    /// <summary>Arithmetic coding of section 7.3 with numbers of any length: where in the interval from 0 to 255 these bits lie.</summary>
    internal static byte[] EvenOdds(string bits)
    {
        var (low, range, length) = (BigInteger.Zero, 255, 8);
        foreach (var bit in bits.Where(letter => letter != ' '))
        {
            var split = 1 + (range - 1) * 128 / 256;
            if (bit == '1') low += split;
            range = bit == '1' ? range - split : split;
            for (; range < 128; range *= 2, length++) low *= 2;
        }
        low <<= (8 - length % 8) % 8;
        var code = low.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[(length + 7) / 8 - code.Length], .. code];
    }
}
