namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>CRC-32 again, written apart from the scrubber's: four tables, four bytes a step.</summary>
internal static class SlowCrc
{
    private static readonly uint[] Table = Make();

    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        var table = Table;
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(bytes);
        foreach (var word in words)
        {
            crc ^= BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
            crc = table[768 + (crc & 255)] ^ table[512 + (crc >> 8 & 255)] ^ table[256 + (crc >> 16 & 255)] ^ table[crc >> 24];
        }
        foreach (var last in bytes[(words.Length * 4)..]) crc = table[(crc ^ last) & 255] ^ crc >> 8;
        return crc ^ 0xFFFFFFFFu;
    }

    private static uint[] Make()
    {
        var table = new uint[1024];
        for (var index = 0u; index < 1024; index++)
        {
            var value = index & 255;
            for (var step = 0; step < 8 * (1 + index / 256); step++) value = value >> 1 ^ (value & 1) * 0xEDB88320;
            table[index] = value;
        }
        return table;
    }
}
