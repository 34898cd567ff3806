namespace PhotoGuard.Workers.Demo;

/// <summary>Code words of one table, T.81 annex C.</summary>
internal sealed class JpegCode
{
    private readonly (int Word, int Bits)[] words = new (int, int)[256];

    /// <param name="table">Sixteen counts, then the symbols, as in a DHT segment.</param>
    internal JpegCode(ReadOnlySpan<byte> table)
    {
        int word = 0, next = 16;
        for (var bits = 1; bits <= 16; bits++, word <<= 1)
            for (var k = 0; k < table[bits - 1]; k++) words[table[next++]] = (word++, bits);
    }

    internal void Write(int symbol, JpegBits bits) => bits.Code(words[symbol].Word, words[symbol].Bits);
}
