namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// The exact form of a clean HEIC: ftyp of 24 bytes, meta with hdlr, pitm, iloc, iinf, iref and idat where it is a grid, iprp, then mdat
/// that its items fill to the last byte, nothing. ISO/IEC 23008-12 and 14496-12.
/// </summary>
internal ref struct HeicCheck
{
    private Cursor file;
    private bool deep, grid;
    private int items;
    private List<(int Offset, int Length)> places;
    private HeicPropertyCheck properties;

    internal static void Verify(ReadOnlySpan<byte> clean)
    {
        var check = new HeicCheck { file = new Cursor(clean, "HEIC"), places = [] };
        check.Kind();
        var length = check.file.Four();
        check.file.Must("meta\0\0\0\0"u8, "no index");
        if (length is < 12 or > int.MaxValue) throw check.file.Fail("no index");
        var index = new Cursor(check.file.Take((int)length - 12), "HEIC index");
        check.Index(ref index);
        index.MustEnd();
        check.Data(clean);
    }

    private void Kind()
    {
        file.Must("\0\0\0\u0018ftyp"u8, "no kind");
        deep = file.May("heix\0\0\0\0mif1heix"u8);
        if (!deep) file.Must("heic\0\0\0\0mif1heic"u8, "unknown kind");
    }

    private void Index(ref Cursor index)
    {
        index.Must("\0\0\0\u0021hdlr\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"u8, "a writer");
        index.Must("\0\0\0\u000Epitm\0\0\0\0"u8, "no picture");
        items = index.Two();
        if (items is < 1 or > 4_097) throw index.Fail("very many parts");
        Places(ref index);
        Entries(ref index);
        if (grid)
        {
            var tiles = Box(ref index, "iref"u8);
            tiles.Must([0, 0, 0, 0], "unknown tiles");
            var of = Box(ref tiles, "dimg"u8);
            if (of.Two() != items || of.Two() != items - 1) throw of.Fail("other tiles");
            for (var id = 1; id < items; id++)
                if (of.Two() != id) throw of.Fail("other tiles");
            of.MustEnd();
            tiles.MustEnd();
        }
        var described = Box(ref index, "iprp"u8);
        properties = new HeicPropertyCheck(Box(ref described, "ipco"u8));
        properties.Associate(Box(ref described, "ipma"u8), items, grid, deep);
        described.MustEnd();
        if (!grid) return;
        var data = Box(ref index, "idat"u8);
        properties.Grid(ref data, items - 1);
        data.MustEnd();
    }

    private void Places(ref Cursor index)
    {
        var box = Box(ref index, "iloc"u8);
        box.Must([1, 0, 0, 0, 0x44, 0], "unknown places");
        if (box.Two() != items) throw box.Fail("other places");
        for (var id = 1; id <= items; id++)
        {
            if (box.Two() != id) throw box.Fail("other places");
            var method = box.Two();
            box.Must([0, 0, 0, 1], "unknown places");
            uint offset = box.Four(), length = box.Four();
            if (method == 1 && id == items && offset == 0 && length == 8) grid = true;
            else if (method == 0 && offset <= int.MaxValue && length is > 0 and <= int.MaxValue) places.Add(((int)offset, (int)length));
            else throw box.Fail("unknown places");
        }
        if (!grid && items != 1) throw box.Fail("two pictures");
        if (grid && items < 2) throw box.Fail("no tiles");
        box.MustEnd();
    }

    private readonly void Entries(ref Cursor index)
    {
        var box = Box(ref index, "iinf"u8);
        box.Must([0, 0, 0, 0], "unknown parts");
        if (box.Two() != items) throw box.Fail("other parts");
        for (var id = 1; id <= items; id++)
        {
            box.Must("\0\0\0\u0015infe\u0002\0\0"u8, "a name");
            if (box.Byte() != (id < items ? 1 : 0) || box.Two() != id) throw box.Fail("other parts");
            box.Must(grid && id == items ? "\0\0grid\0"u8 : "\0\0hvc1\0"u8, "an unknown part");
        }
        box.MustEnd();
    }

    private void Data(ReadOnlySpan<byte> clean)
    {
        var length = file.Four();
        file.Must("mdat"u8, "no pixels");
        if (length != file.Left + 8) throw file.Fail("bytes behind its end");
        for (var k = 0; k < places.Count; k++)
        {
            if (places[k].Offset != file.At) throw file.Fail("bytes between its parts");
            HevcCheck.Units(file.Take(places[k].Length), properties.LengthSizeOf(k));
        }
        file.MustEnd();
    }

    /// <summary>Takes a box of this type; the cursor stands in it.</summary>
    internal static Cursor Box(ref Cursor within, scoped ReadOnlySpan<byte> type)
    {
        var length = within.Four();
        within.Must(type, "unknown box");
        if (length is < 8 or > int.MaxValue) throw within.Fail("ends early");
        return new Cursor(within.Take((int)length - 8), "HEIC index");
    }
}
