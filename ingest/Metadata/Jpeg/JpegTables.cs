using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace PhotoGuard.Ingest.Metadata.Jpeg;

/// <summary>
/// Tables and scan headers. Every table must have its exact inner length and legal values, for a padded table can carry a text as
/// well as a comment can; and it is written only right before the first scan that needs it, so that one that none needs is gone.
/// </summary>
internal ref struct JpegTables(ReadOnlySpan<byte> file)
{
    // Quantisers 0 to 3, DC codes 4 to 7, AC codes 8 to 11.
    private const int Dc = 4, Ac = 8;

    [InlineArray(12)]
    private struct Places
    {
        private (int Offset, int Length) first;
    }

    private readonly ReadOnlySpan<byte> file = file;
    private Places places;
    private int known, waiting, restartWritten;

    /// <summary>Components of which first values came, as bits.</summary>
    internal int Brought { get; private set; }

    /// <summary>Units between restart markers; 0 for none.</summary>
    internal int RestartEvery { get; private set; }

    /// <summary>T.81 section B.2.4.1. Data from <paramref name="at"/> to <paramref name="end"/>.</summary>
    internal void TakeQuantisers(int at, int end)
    {
        if (at == end) throw Illegal();
        while (at < end)
        {
            var data = file[at..end];
            int wide = data[0] >> 4, id = data[0] & 15, length = 1 + (wide == 0 ? 64 : 128);
            if (wide > 1 || id > 3 || data.Length < length) throw Illegal();
            if (wide == 0 && data.Slice(1, 64).Contains((byte)0)) throw Illegal();
            for (var k = 1; wide == 1 && k < length; k += 2)
                if (data[k] == 0 && data[k + 1] == 0) throw Illegal();
            Keep(id, at, length);
            at += length;
        }
    }

    /// <summary>T.81 section B.2.4.2 and annex C: codes must fit, symbols be legal and stand once.</summary>
    internal void TakeCodes(int at, int end)
    {
        if (at == end) throw Illegal();
        while (at < end)
        {
            var data = file[at..end];
            if (data.Length < 17 || (data[0] & 15) > 3 || data[0] >> 4 > 1) throw Illegal();
            int symbols = 0, free = 1;
            for (var bits = 1; bits <= 16; bits++)
            {
                free = free * 2 - data[bits];
                if (free < 0) throw Illegal();
                symbols += data[bits];
            }
            if (symbols is 0 or > 256 || data.Length < 17 + symbols) throw Illegal();
            var ac = data[0] >> 4 == 1;
            CheckSymbols(data.Slice(17, symbols), ac);
            Keep((ac ? Ac : Dc) + (data[0] & 15), at, 17 + symbols);
            at += 17 + symbols;
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

    private void Keep(int slot, int at, int length)
    {
        places[slot] = (at, length);
        known |= 1 << slot;
        waiting |= 1 << slot;
    }

    /// <summary>T.81 section B.2.4.4.</summary>
    internal void TakeRestart(ReadOnlySpan<byte> data) =>
        RestartEvery = data.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(data) : throw Illegal();

    /// <summary>
    /// T.81 section B.2.3. The tables that this scan needs and that are not written yet, as bits; <paramref name="restarts"/> is the
    /// number of restart markers in it.
    /// </summary>
    internal int CheckScan(ReadOnlySpan<byte> data, in JpegFrame frame, out int restarts)
    {
        if (data.IsEmpty) throw Illegal();
        int count = data[0], needed = 0, first = -1, blocks = 0;
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
            blocks += frame.Across[c] * frame.Down[c];
            int dc = data[2 + 2 * k] >> 4, ac = data[2 + 2 * k] & 15;
            if (dc > 3 || ac > 3) throw Illegal();
            // Decoders hold on to the quantiser that a component has in its first scan (libjpeg: latch_quant_tables).
            if ((Brought >> c & 1) == 0) needed |= 1 << frame.Tables[c];
            if (start == 0 && high == 0) needed |= 1 << (Dc + dc);
            if (end > 0) needed |= 1 << (Ac + ac);
            if (start == 0 && high == 0) Brought |= 1 << c;
            else if ((Brought >> c & 1) == 0) throw Illegal();
        }
        if ((needed & ~known) != 0) throw PictureRefused.Malformed("a table that it needs is missing");
        if (count > 1 && blocks > 10) throw Illegal();
        restarts = RestartEvery == 0 ? 0 : (frame.Units(first, alone: count == 1) - 1) / RestartEvery;
        needed &= waiting;
        waiting &= ~needed;
        return needed;
    }

    /// <summary>Those of the needed tables that are quantisers, a segment each.</summary>
    internal readonly void WriteQuantisers(int needed, ref ByteWriter writer) => WriteTables(needed & 0xF, JpegMarkers.Dqt, ref writer);

    /// <summary>The other needed tables, and the restart interval where it changed.</summary>
    internal void WriteCodes(int needed, ref ByteWriter writer)
    {
        WriteTables(needed & ~0xF, JpegMarkers.Dht, ref writer);
        if (RestartEvery == restartWritten) return;
        restartWritten = RestartEvery;
        writer.Write([0xFF, JpegMarkers.Dri, 0, 4]);
        writer.WriteU16(RestartEvery);
    }

    private readonly void WriteTables(int slots, byte marker, ref ByteWriter writer)
    {
        for (; slots != 0; slots &= slots - 1)
        {
            var (offset, length) = places[BitOperations.TrailingZeroCount(slots)];
            JpegSegments.Write(ref writer, marker, file.Slice(offset, length));
        }
    }

    private static PictureRefused Illegal() => PictureRefused.Malformed("one of its tables is illegal");
}
