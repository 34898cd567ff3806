using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Icc;

/// <summary>Writes one element of numbers with its exact length; bytes that the type does not define are left out or zero.</summary>
internal static class IccElement
{
    /// <summary>False where the element is malformed or would not fit into <paramref name="room"/> bytes of profile.</summary>
    internal static bool TryWrite(ReadOnlySpan<byte> element, IccTag.Form form, IccColours colours, int room, ref ByteWriter writer)
    {
        // A look-up table is copied once and never grows, so its own size bounds what it needs.
        if (writer.Position + element.Length + 64 > room) return false;
        var type = BinaryPrimitives.ReadUInt32BigEndian(element);
        int device = (int)colours, connection = 3;
        return form switch
        {
            IccTag.Form.Point => type == 0x58595A20 && TryNumbers(element, 3, 4, ref writer), // 'XYZ '
            IccTag.Form.Adaptation => type == 0x73663332 && TryNumbers(element, 9, 16, ref writer), // sf32
            IccTag.Form.Curve => TryCurve(element, ref writer, out _),
            IccTag.Form.CodePoints => type == 0x63696370 && element.Length >= 12 && TryPlain(element[8..12], type, ref writer),
            IccTag.Form.ToConnection => TryTable(element, type, 0x6D414220, device, connection, ref writer), // 'mAB '
            IccTag.Form.FromConnection => TryTable(element, type, 0x6D424120, connection, device, ref writer), // 'mBA '
            _ => false,
        };
    }

    /// <summary>ICC.1:2022 sections 10.6 and 10.18. <paramref name="read"/> is the number of bytes the curve has in the original.</summary>
    internal static bool TryCurve(ReadOnlySpan<byte> element, ref ByteWriter writer, out int read)
    {
        read = 0;
        if (element.Length < 12) return false;
        var type = BinaryPrimitives.ReadUInt32BigEndian(element);
        if (type == 0x63757276) // curv
        {
            var count = BinaryPrimitives.ReadUInt32BigEndian(element[8..]);
            if (count > 65_536 || element.Length < 12 + 2 * count) return false;
            read = 12 + 2 * (int)count;
            if (!IsSteady(element[12..read])) return false;
            return TryPlain(element[8..read], type, ref writer);
        }
        if (type != 0x70617261) return false; // para
        int function = BinaryPrimitives.ReadUInt16BigEndian(element[8..]);
        if (function > 4) return false;
        ReadOnlySpan<byte> numbers = [1, 3, 4, 5, 7];
        read = 12 + 4 * numbers[function];
        if (element.Length < read || !AreSmall(element[12..read], 256)) return false;
        writer.WriteU32(type);
        writer.WriteU32(0);
        writer.WriteU16(function);
        writer.WriteU16(0);
        writer.Write(element[12..read]);
        return true;
    }

    /// <summary>A tone curve rises, or falls, throughout; a text stored as one does not.</summary>
    private static bool IsSteady(ReadOnlySpan<byte> values)
    {
        bool rises = true, falls = true;
        for (var k = 2; k + 1 < values.Length; k += 2)
        {
            int before = BinaryPrimitives.ReadUInt16BigEndian(values[(k - 2)..]), here = BinaryPrimitives.ReadUInt16BigEndian(values[k..]);
            rises &= here >= before;
            falls &= here <= before;
        }
        return rises || falls;
    }

    private static bool TryTable(ReadOnlySpan<byte> element, uint type, uint curvesType, int inputs, int outputs, ref ByteWriter writer)
    {
        if (element.Length < 32 || element[8] != inputs || element[9] != outputs) return false;
        if (type == curvesType) return IccCurvesTable.TryWrite(element, type, inputs, outputs, ref writer);
        return type switch
        {
            0x6D667431 => TryFixedTable(element, type, inputs, outputs, 48, 1, 256, 256, ref writer), // mft1
            0x6D667432 when element.Length >= 52 => TryFixedTable(element, type, inputs, outputs, 52, 2,
                BinaryPrimitives.ReadUInt16BigEndian(element[48..]), BinaryPrimitives.ReadUInt16BigEndian(element[50..]), ref writer), // mft2
            _ => false,
        };
    }

    /// <summary>ICC.1:2022 sections 10.10 and 10.11.</summary>
    private static bool TryFixedTable(ReadOnlySpan<byte> element, uint type, int inputs, int outputs, int head, int width, int entriesIn,
        int entriesOut, ref ByteWriter writer)
    {
        if (element.Length < head || element[10] < 2 || entriesIn is < 2 or > 4096 || entriesOut is < 2 or > 4096) return false;
        long points = outputs;
        for (var i = 0; i < inputs; i++) points *= element[10];
        var length = head + width * (inputs * entriesIn + points + outputs * entriesOut);
        if (element.Length < length || !AreSmall(element[12..48], 256)) return false;
        writer.WriteU32(type);
        writer.WriteU32(0);
        writer.Write([(byte)inputs, (byte)outputs, element[10], 0]);
        writer.Write(element[12..(int)length]);
        return true;
    }

    private static bool TryNumbers(ReadOnlySpan<byte> element, int count, int limit, ref ByteWriter writer) =>
        element.Length >= 8 + 4 * count && AreSmall(element.Slice(8, 4 * count), limit)
        && TryPlain(element.Slice(8, 4 * count), BinaryPrimitives.ReadUInt32BigEndian(element), ref writer);

    private static bool TryPlain(ReadOnlySpan<byte> content, uint type, ref ByteWriter writer)
    {
        writer.WriteU32(type);
        writer.WriteU32(0);
        writer.Write(content);
        return true;
    }

    /// <summary>Numbers of s15Fixed16 below a limit, which no readable text can be.</summary>
    internal static bool AreSmall(ReadOnlySpan<byte> numbers, int limit)
    {
        for (; numbers.Length >= 4; numbers = numbers[4..])
            if (BinaryPrimitives.ReadInt16BigEndian(numbers) is var whole && (whole >= limit || whole < -limit)) return false;
        return true;
    }
}
