namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>Curves and look-up tables, each to its last byte. ICC.1:2022 sections 10.6, 10.10 to 10.13, 10.18.</summary>
internal static class IccTableCheck
{
    internal static void Curve(ref Cursor element)
    {
        if (element.May("curv\0\0\0\0"u8))
        {
            var points = element.Four();
            if (points > 65_536) throw element.Fail("too long");
            element.Take(2 * (int)points);
            return;
        }
        element.Must("para\0\0\0\0\0"u8, "unknown form");
        var numbers = element.Byte() switch { 0 => 1, 1 => 3, 2 => 4, 3 => 5, 4 => 7, _ => throw element.Fail("unknown function") };
        element.Must([0, 0], "unknown function");
        element.Take(4 * numbers);
    }

    internal static void Table(ref Cursor element, ReadOnlySpan<byte> curvesForm, int inputs, int outputs)
    {
        var wide = element.May("mft2\0\0\0\0"u8);
        if (wide || element.May("mft1\0\0\0\0"u8)) FixedTable(ref element, wide, inputs, outputs);
        else
        {
            var whole = element.Rest;
            element.Must(curvesForm, "unknown form");
            element.Must([0, 0, 0, 0, (byte)inputs, (byte)outputs, 0, 0], "other channels");
            Parts(ref element, whole, curvesForm[1] == 'A', inputs, outputs);
        }
    }

    private static void FixedTable(ref Cursor element, bool wide, int inputs, int outputs)
    {
        element.Must([(byte)inputs, (byte)outputs], "other channels");
        long points = element.Byte();
        element.Must([0], "other channels");
        element.Take(36);
        long first = wide ? element.Two() : 256, last = wide ? element.Two() : 256;
        long cells = outputs;
        for (var i = 0; i < inputs; i++) cells *= points;
        var bytes = (wide ? 2 : 1) * (inputs * first + cells + outputs * last);
        if (bytes != element.Left) throw element.Fail("odd length");
        element.Take((int)bytes);
    }

    private static void Parts(ref Cursor element, ReadOnlySpan<byte> whole, bool toConnection, int inputs, int outputs)
    {
        int near = toConnection ? outputs : inputs, far = toConnection ? inputs : outputs;
        uint b = element.Four(), matrix = element.Four(), m = element.Four(), cells = element.Four(), a = element.Four();
        var start = element.At - 32;
        if (b != 32) throw element.Fail("a gap");
        Curves(ref element, near, start);
        if (matrix != 0)
        {
            if (matrix != element.At - start) throw element.Fail("a gap");
            element.Take(48);
        }
        if (m != 0 && m != b)
        {
            if (m != element.At - start) throw element.Fail("a gap");
            Curves(ref element, near, start);
        }
        if (cells != 0)
        {
            if (cells != element.At - start) throw element.Fail("a gap");
            Cells(ref element, inputs, outputs);
            Padding(ref element, start);
        }
        if (a == 0 || (near == far && (a == b || (a == m && m != 0)))) return;
        if (a != element.At - start) throw element.Fail("a gap");
        Curves(ref element, far, start);
    }

    private static void Cells(ref Cursor element, int inputs, int outputs)
    {
        long bytes = outputs;
        for (var i = 0; i < 16; i++)
        {
            var points = element.Byte();
            if (i < inputs ? points < 2 : points != 0) throw element.Fail("other channels");
            if (i < inputs && (bytes *= points) > element.Left) throw element.Fail("ends early");
        }
        bytes *= element.Byte() switch { 1 => 1, 2 => 2, _ => throw element.Fail("unknown width") };
        element.Must([0, 0, 0], "unknown width");
        if (bytes > element.Left) throw element.Fail("ends early");
        element.Take((int)bytes);
    }

    private static void Curves(ref Cursor element, int count, int start)
    {
        for (; count > 0; count--)
        {
            Curve(ref element);
            Padding(ref element, start);
        }
    }

    private static void Padding(ref Cursor element, int start)
    {
        while ((element.At - start) % 4 != 0)
            if (element.Byte() != 0) throw element.Fail("bytes between its parts");
    }
}
