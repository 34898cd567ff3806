namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// Decoder settings and coded pictures of a clean HEIC, unit by unit: parameter sets and slices of one picture, nothing else. ISO/IEC 14496-15
/// section 8.3.3, ITU-T H.265 section 7.
/// </summary>
internal sealed class HevcCheck
{
    private readonly HevcSetCheck sequence;

    /// <summary>Takes what an hvcC box holds.</summary>
    internal HevcCheck(ref Cursor box)
    {
        box.Must([1], "unknown settings");
        var profile = box.Take(12);
        box.Must([0xF0, 0, 0xFC], "unknown settings");
        int chroma = box.Byte(), luma = box.Byte(), colour = box.Byte();
        box.Must([0, 0], "a rate");
        int timing = box.Byte(), arrays = box.Byte(), before = 31;
        LengthSize = (timing & 3) + 1;
        HevcSetCheck? first = null;
        while (arrays-- > 0)
        {
            var type = box.Byte() - 0x80;
            if (type <= before || type > 34) throw box.Fail("settings out of order");
            before = type;
            var count = box.Two();
            if (count is < 1 or > 64) throw box.Fail("odd number of settings");
            for (; count > 0; count--)
            {
                var unit = box.Take(box.Two());
                if (TypeOf(unit) != type) throw box.Fail("settings of another kind");
                var set = new HevcSetCheck(unit);
                if (type == 33) first ??= set;
            }
        }
        sequence = first ?? throw box.Fail("no settings");
        if (before != 34 || LengthSize == 3 || !sequence.Profile.AsSpan().SequenceEqual(profile) || chroma != (0xFC | sequence.Chroma)
            || luma != (0xF8 | sequence.LumaBits - 8) || colour != (0xF8 | sequence.ChromaBits - 8) || timing >> 2 != sequence.Timing)
            throw box.Fail("settings that contradict each other");
    }

    /// <summary>Bytes before each unit.</summary>
    internal int LengthSize { get; }

    /// <summary>Eight bits and half the colours.</summary>
    internal bool IsPlain => sequence is { Chroma: 1, LumaBits: 8, ChromaBits: 8 };

    /// <summary>The coded size, but for a margin of less than a block.</summary>
    internal bool IsOfSize(int width, int height) =>
        sequence.Width - width is >= 0 and < 8 && sequence.Height - height is >= 0 and < 8;

    /// <summary>Walks the units of one item.</summary>
    internal static void Units(ReadOnlySpan<byte> item, int lengthSize)
    {
        var cursor = new Cursor(item, "HEIC pixels");
        var slices = 0;
        while (cursor.Left > 0)
        {
            var length = lengthSize switch { 1 => cursor.Byte(), 2 => (uint)cursor.Two(), _ => cursor.Four() };
            if (length is < 3 or > int.MaxValue) throw cursor.Fail("ends early");
            var unit = cursor.Take((int)length);
            var type = TypeOf(unit);
            if (type is >= 32 and <= 34 && slices == 0) _ = new HevcSetCheck(unit);
            else if (type is < 16 or > 21) throw cursor.Fail("something else than pixels");
            else if (unit[2] >= 0x80 != (slices++ == 0)) throw cursor.Fail("two pictures in one");
        }
        if (slices == 0) throw cursor.Fail("no pixels");
    }

    /// <summary>-1 for what is of another layer, or no unit.</summary>
    private static int TypeOf(ReadOnlySpan<byte> unit) => unit.Length >= 3 && (unit[0] & 0x81) == 0 && unit[1] == 1 ? unit[0] >> 1 : -1;
}
