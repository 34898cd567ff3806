using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>PNG files made chunk by chunk, legal or not.</summary>
internal static class TestPng
{
    internal static readonly byte[] Signature = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10];

    internal static byte[] Chunk(string type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc(chunk.AsSpan(4, data.Length + 4)));
        return chunk;
    }

    /// <summary>Bit by bit, as annex D of the specification says it.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
        }
        return ~crc;
    }

    internal static byte[] Header(int width, int height, int depth = 8, int colour = 2, int interlace = 0)
    {
        byte[] data = [0, 0, 0, 0, 0, 0, 0, 0, (byte)depth, (byte)colour, 0, 0, (byte)interlace];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        return Chunk("IHDR", data);
    }

    internal static byte[] Zlib(ReadOnlySpan<byte> raw)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(raw);
        return packed.ToArray();
    }

    internal static byte[] Unzlib(byte[] packed)
    {
        using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        return raw.ToArray();
    }

    /// <summary>Rows of a slowly changing picture, each behind filter byte 0.</summary>
    internal static byte[] Rows(int rows, int rowBytes)
    {
        var raw = new byte[rows * (rowBytes + 1)];
        for (var k = 0; k < raw.Length; k++) raw[k] = k % (rowBytes + 1) == 0 ? (byte)0 : (byte)(k * 7 / 13);
        return raw;
    }

    /// <summary>A 40 × 30 RGB picture with more chunks before and behind its pixels.</summary>
    internal static byte[] Make(byte[]? before = null, byte[]? behind = null, int pieces = 1, byte[]? header = null, byte[]? packed = null) =>
        [.. Signature, .. header ?? Header(40, 30), .. before ?? [], .. Data(packed ?? Zlib(Rows(30, 120)), pieces), .. behind ?? [], .. Chunk("IEND", [])];

    internal static byte[] Data(byte[] packed, int pieces)
    {
        var size = Math.Max(1, packed.Length / pieces);
        return packed.Chunk(size).SelectMany(piece => Chunk("IDAT", piece)).ToArray();
    }

    /// <summary>Chunks of a file by type and data.</summary>
    internal static List<(string Type, byte[] Data)> Read(byte[] png)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }
        return chunks;
    }
}
