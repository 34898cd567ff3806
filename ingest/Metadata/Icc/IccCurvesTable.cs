using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Icc;

/// <summary>
/// lutAToBType and lutBToAType, ICC.1:2022 sections 10.12 and 10.13: up to five parts behind offsets. Rewritten in one order with
/// nothing between them: B curves, matrix, M curves, table, A curves.
/// </summary>
internal static class IccCurvesTable
{
    private const uint ToConnection = 0x6D414220;

    internal static bool TryWrite(ReadOnlySpan<byte> element, uint type, int inputs, int outputs, ref ByteWriter writer)
    {
        // B and M curves stand on the side of the connection space, A curves on the device's.
        int near = type == ToConnection ? outputs : inputs, far = type == ToConnection ? inputs : outputs;
        uint b = U32(element[12..]), matrix = U32(element[16..]), m = U32(element[20..]), table = U32(element[24..]), a = U32(element[28..]);
        if (b == 0 || (matrix == 0) != (m == 0) || (table == 0) != (a == 0) || (table == 0 && inputs != outputs)) return false;
        var start = writer.Position;
        writer.WriteU32(type);
        writer.WriteU32(0);
        writer.Write([(byte)inputs, (byte)outputs, 0, 0]);
        var offsets = writer.Take(20);
        // Parts that overlap could be copied more than once; the sum of what is copied may not pass what was there.
        long budget = element.Length + 40;
        return TryCurves(element, b, near, start, offsets, ref writer)
            && (matrix == 0 || TryMatrix(element, matrix, start, offsets[4..], budget, ref writer))
            && (m == 0 || TryShare(m, b, offsets, offsets[8..]) || TryCurves(element, m, near, start, offsets[8..], ref writer))
            && (table == 0 || TryPoints(element, table, inputs, outputs, start, offsets[12..], budget, ref writer))
            && (a == 0 || (near == far && (TryShare(a, b, offsets, offsets[16..]) || TryShare(a, m, offsets[8..], offsets[16..])))
                || TryCurves(element, a, far, start, offsets[16..], ref writer))
            && writer.Position - start <= budget;
    }

    /// <summary>Two parts at one place in the original stay two parts at one place.</summary>
    private static bool TryShare(uint offset, uint earlier, ReadOnlySpan<byte> earlierEntry, Span<byte> entry) =>
        offset == earlier && earlierEntry[..4].TryCopyTo(entry);

    private static bool TryCurves(ReadOnlySpan<byte> element, uint offset, int count, int start, Span<byte> entry, ref ByteWriter writer)
    {
        BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)(writer.Position - start));
        for (var c = 0; c < count; c++)
        {
            if (offset > element.Length || writer.Position - start > element.Length) return false;
            var curve = element[(int)offset..];
            // Never longer than what is left of the element, and so of the room that was made for it.
            if (curve.Length > element.Length + 40 - (writer.Position - start)) curve = curve[..(element.Length + 40 - (writer.Position - start))];
            if (!IccElement.TryCurve(curve, ref writer, out var read)) return false;
            writer.Take(-writer.Position & 3);
            offset += (uint)(read + 3 & ~3);
        }
        return true;
    }

    private static bool TryMatrix(ReadOnlySpan<byte> element, uint offset, int start, Span<byte> entry, long budget, ref ByteWriter writer)
    {
        if (offset > element.Length - 48 || writer.Position - start + 48 > budget) return false;
        var numbers = element.Slice((int)offset, 48);
        if (!IccElement.AreSmall(numbers, 256)) return false;
        BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)(writer.Position - start));
        writer.Write(numbers);
        return true;
    }

    private static bool TryPoints(ReadOnlySpan<byte> element, uint offset, int inputs, int outputs, int start, Span<byte> entry, long budget,
        ref ByteWriter writer)
    {
        if (offset > element.Length - 20) return false;
        var table = element[(int)offset..];
        if (table[16] is not (1 or 2)) return false;
        long points = outputs * table[16];
        for (var i = 0; i < inputs; i++)
            if (table[i] < 2 || (points *= table[i]) > table.Length) return false;
        if (points > table.Length - 20 || writer.Position - start + 20 + points + 3 > budget) return false;
        BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)(writer.Position - start));
        table[..inputs].CopyTo(writer.Take(16));
        writer.Write([table[16], 0, 0, 0]);
        writer.Write(table.Slice(20, (int)points));
        writer.Take(-writer.Position & 3);
        return true;
    }

    private static uint U32(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32BigEndian(at);
}
