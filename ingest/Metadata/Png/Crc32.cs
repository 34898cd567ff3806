using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Png;

/// <summary>CRC-32 of PNG (W3C PNG third edition, annex D), sixteen bytes a step; the SDK brings no CRC of this polynomial.</summary>
internal static class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var t = Tables;
        uint[] t0 = t[0], t1 = t[1], t2 = t[2], t3 = t[3], t4 = t[4], t5 = t[5], t6 = t[6], t7 = t[7],
            t8 = t[8], t9 = t[9], t10 = t[10], t11 = t[11], t12 = t[12], t13 = t[13], t14 = t[14], t15 = t[15];
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            var a = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            var c = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            var d = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
            crc = t15[(byte)a] ^ t14[(byte)(a >> 8)] ^ t13[(byte)(a >> 16)] ^ t12[a >> 24]
                ^ t11[(byte)b] ^ t10[(byte)(b >> 8)] ^ t9[(byte)(b >> 16)] ^ t8[b >> 24]
                ^ t7[(byte)c] ^ t6[(byte)(c >> 8)] ^ t5[(byte)(c >> 16)] ^ t4[c >> 24]
                ^ t3[(byte)d] ^ t2[(byte)(d >> 8)] ^ t1[(byte)(d >> 16)] ^ t0[d >> 24];
        }
        foreach (var value in bytes) crc = t0[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[16][];
        for (var k = 0; k < 16; k++) tables[k] = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            tables[0][n] = c;
        }
        for (var k = 1; k < 16; k++)
            for (var n = 0; n < 256; n++) tables[k][n] = tables[0][(byte)tables[k - 1][n]] ^ (tables[k - 1][n] >> 8);
        return tables;
    }
}
