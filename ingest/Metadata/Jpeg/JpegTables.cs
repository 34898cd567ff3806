using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>
/// Tables and scan headers as far as they decide what is legal next. Every table must have its exact inner length and legal
/// values, for a padded table can carry a text as well as a comment can.
/// </summary>
internal struct JpegTables
{
    private byte quantisers, dcCodes, acCodes;

    /// <summary>Units between restart markers; 0 for none.</summary>
    internal int RestartEvery { get; private set; }

    /// <summary>T.81 section B.2.4.1.</summary>
    internal void TakeQuantisers(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) throw Illegal();
        while (!data.IsEmpty)
        {
            int wide = data[0] >> 4, id = data[0] & 15, length = 1 + (wide == 0 ? 64 : 128);
            if (wide > 1 || id > 3 || data.Length < length) throw Illegal();
            if (wide == 0 && data.Slice(1, 64).Contains((byte)0)) throw Illegal();
            for (var k = 1; wide == 1 && k < length; k += 2)
                if (data[k] == 0 && data[k + 1] == 0) throw Illegal();
            quantisers |= (byte)(1 << id);
            data = data[length..];
        }
    }

    /// <summary>T.81 section B.2.4.2 and annex C: codes must fit, symbols be legal and stand once.</summary>
    internal void TakeCodes(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) throw Illegal();
        while (!data.IsEmpty)
        {
            if (data.Length < 17 || (data[0] & 15) > 3 || data[0] >> 4 > 1) throw Illegal();
            var ac = data[0] >> 4 == 1;
            int symbols = 0, free = 1;
            for (var bits = 1; bits <= 16; bits++)
            {
                free = free * 2 - data[bits];
                if (free < 0) throw Illegal();
                symbols += data[bits];
            }
            if (symbols is 0 or > 256 || data.Length < 17 + symbols) throw Illegal();
            CheckSymbols(data.Slice(17, symbols), ac);
            if (ac) acCodes |= (byte)(1 << (data[0] & 15));
            else dcCodes |= (byte)(1 << (data[0] & 15));
            data = data[(17 + symbols)..];
        }
    }

    private static void CheckSymbols(ReadOnlySpan<byte> symbols, bool ac)
    {
        UInt128 low = 0, high = 0;
        foreach (var symbol in symbols)
        {
            // DC: a difference of at most 11 bits. AC: a run above, a size of at most 10 bits below (T.81 tables F.1 and F.2).
            if (ac ? (symbol & 15) > 10 : symbol > 11) throw Illegal();
            ref var half = ref symbol < 128 ? ref low : ref high;
            var bit = UInt128.One << (symbol & 127);
            if ((half & bit) != 0) throw Illegal();
            half |= bit;
        }
    }

    /// <summary>T.81 section B.2.4.4.</summary>
    internal void TakeRestart(ReadOnlySpan<byte> data)
    {
        if (data.Length != 2) throw Illegal();
        RestartEvery = BinaryPrimitives.ReadUInt16BigEndian(data);
    }

    /// <summary>T.81 section B.2.3. The components that the scan brings first values of, as bits; <paramref name="restarts"/>: marks in it.</summary>
    internal readonly int CheckScan(ReadOnlySpan<byte> data, in JpegFrame frame, out int restarts)
    {
        if (data.IsEmpty) throw Illegal();
        int count = data[0], seen = 0, first = -1, blocks = 0;
        if (count is 0 or > 4 || count > frame.Components || data.Length != 4 + 2 * count) throw Illegal();
        int start = data[^3], end = data[^2], high = data[^1] >> 4, low = data[^1] & 15;
        if (frame.Progressive
            ? start > end || end > 63 || (start == 0 && end != 0) || (start > 0 && count > 1) || low > 13 || (high != 0 && high != low + 1)
            : start != 0 || end != 63 || high != 0 || low != 0) throw Illegal();
        var previous = -1;
        for (var k = 0; k < count; k++)
        {
            var c = frame.IndexOf(data[1 + 2 * k]);
            if (c <= previous) throw Illegal();
            previous = c;
            first = first < 0 ? c : first;
            seen |= 1 << c;
            blocks += frame.Across[c] * frame.Down[c];
            int dc = data[2 + 2 * k] >> 4, ac = data[2 + 2 * k] & 15;
            if (dc > 3 || ac > 3) throw Illegal();
            if ((quantisers >> frame.Tables[c] & 1) == 0) throw Missing();
            if (start == 0 && high == 0 && (dcCodes >> dc & 1) == 0) throw Missing();
            if (end > 0 && (acCodes >> ac & 1) == 0) throw Missing();
        }
        if (count > 1 && blocks > 10) throw Illegal();
        restarts = RestartEvery == 0 ? 0 : (frame.Units(first, alone: count == 1) - 1) / RestartEvery;
        return start == 0 && high == 0 ? seen : 0;
    }

    private static PictureRefused Illegal() => PictureRefused.Malformed("one of its tables is illegal");

    private static PictureRefused Missing() => PictureRefused.Malformed("a table that it needs is missing");
}
