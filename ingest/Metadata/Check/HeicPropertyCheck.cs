namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// The properties of a clean HEIC: known ones alone, none twice, each needed by an item, each item's in one order. ISO/IEC 23008-12 section 6.5.
/// </summary>
internal sealed class HeicPropertyCheck
{
    private enum Form
    {
        Settings,
        Size,
        Channels,
        Colours,
        Aspect,
        Frame,
        Turn,
        Mirror,
    }

    private readonly List<(Form Form, HevcCheck? Settings, int Width, int Height)> known = [];
    private readonly List<int> settingsOf = [];
    private readonly HashSet<string> seen = [];
    private (int Width, int Height) tile, whole;

    internal HeicPropertyCheck(Cursor container)
    {
        while (container.Left > 0)
        {
            var before = container.Rest;
            var property = Property(ref container);
            if (known.Count > 0 && property.Form == Form.Settings && known[^1].Form != Form.Settings) throw container.Fail("settings out of order");
            if (!seen.Add(Convert.ToHexString(before[..(before.Length - container.Left)]))) throw container.Fail("a property twice");
            known.Add(property);
        }
        if (known.Count > 127) throw container.Fail("very many properties");
    }

    internal int LengthSizeOf(int item) => known[settingsOf[item]].Settings!.LengthSize;

    /// <summary>ipma, section 9.3.1.</summary>
    internal void Associate(Cursor box, int items, bool grid, bool deep)
    {
        box.Must([0, 0, 0, 0], "unknown properties");
        if (box.Four() != items) throw box.Fail("other properties");
        var needed = new HashSet<int>();
        for (var id = 1; id <= items; id++)
        {
            if (box.Two() != id) throw box.Fail("other properties");
            Item(ref box, box.Byte(), coded: id < items || !grid, whole: id == items, needed);
        }
        box.MustEnd();
        if (needed.Count != known.Count) throw box.Fail("a property that nothing needs");
        if (known[settingsOf[0]].Settings!.IsPlain == deep) throw box.Fail("another kind than it says");
    }

    /// <summary>A grid's own data, section 6.6.2.3.2.</summary>
    internal void Grid(ref Cursor data, int tiles)
    {
        data.Must([0, 0], "unknown grid");
        int rows = data.Byte() + 1, columns = data.Byte() + 1, width = data.Two(), height = data.Two();
        if (rows * columns != tiles || (width, height) != whole || columns * tile.Width < width || (columns - 1) * tile.Width >= width
            || rows * tile.Height < height || (rows - 1) * tile.Height >= height) throw data.Fail("tiles that do not fit");
    }

    private void Item(ref Cursor box, int count, bool coded, bool whole, HashSet<int> needed)
    {
        int rank = -1, turned = 0, last = -1;
        (int Width, int Height)? size = null;
        HevcCheck? settings = null;
        for (; count > 0; count--)
        {
            int number = box.Byte(), place = (number & 127) - 1;
            if (place < 0 || place >= known.Count) throw box.Fail("a property is missing");
            var property = known[place];
            needed.Add(place);
            var essential = property.Form is Form.Settings or Form.Frame or Form.Turn or Form.Mirror;
            if (number >> 7 != (essential ? 1 : 0)) throw box.Fail("other properties");
            if (property.Form >= Form.Frame)
            {
                // How a picture is cut and turned may come in any order, but once each.
                if (!whole || (turned & 1 << (int)property.Form) != 0) throw box.Fail("turned twice");
                turned |= 1 << (int)property.Form;
                rank = (int)Form.Frame;
                continue;
            }
            if ((int)property.Form < rank || ((int)property.Form == rank && property.Form != Form.Colours) || place == last) throw box.Fail("properties out of order");
            (rank, last) = ((int)property.Form, place);
            if (property.Form == Form.Size) size = (property.Width, property.Height);
            if (property.Form != Form.Settings) continue;
            settings = property.Settings;
            settingsOf.Add(place);
        }
        if (size is not { } shown || settings is null == coded) throw box.Fail("a property is missing");
        if (settings is not null && !settings.IsOfSize(shown.Width, shown.Height)) throw box.Fail("two different sizes");
        if (whole) this.whole = shown;
        else if (tile == default) tile = shown;
        else if (tile != shown) throw box.Fail("tiles of different sizes");
    }

    private static (Form Form, HevcCheck? Settings, int Width, int Height) Property(ref Cursor container)
    {
        if (container.Left < 8) throw container.Fail("ends early");
        var type = container.Rest.Slice(4, 4).ToArray();
        var box = HeicCheck.Box(ref container, type);
        (Form, HevcCheck?, int, int) found = System.Text.Encoding.Latin1.GetString(type) switch
        {
            "hvcC" => (Form.Settings, new HevcCheck(ref box), 0, 0),
            "ispe" => Size(ref box),
            "pixi" => (Form.Channels, null, Channels(ref box), 0),
            "colr" => (Form.Colours, null, Colours(ref box), 0),
            "pasp" => (Form.Aspect, null, Aspect(ref box), 0),
            "clap" => (Form.Frame, null, Frame(ref box), 0),
            "irot" => (Form.Turn, null, box.Byte() is >= 1 and <= 3 ? 0 : throw box.Fail("an unknown turn"), 0),
            "imir" => (Form.Mirror, null, box.Byte() <= 1 ? 0 : throw box.Fail("an unknown turn"), 0),
            _ => throw box.Fail("unknown property"),
        };
        box.MustEnd();
        return found;
    }

    private static (Form, HevcCheck?, int, int) Size(ref Cursor box)
    {
        box.Must([0, 0, 0, 0], "unknown size");
        long width = box.Four(), height = box.Four();
        if (width is < 1 or > 16_384 || height is < 1 or > 16_384 || width * height > 64_000_000) throw box.Fail("illegal size");
        return (Form.Size, null, (int)width, (int)height);
    }

    private static int Channels(ref Cursor box)
    {
        box.Must([0, 0, 0, 0], "unknown channels");
        int channels = box.Byte();
        if (channels is < 1 or > 4) throw box.Fail("unknown channels");
        for (var left = channels; left > 0; left--)
            if (box.Byte() is < 1 or > 16) throw box.Fail("unknown channels");
        return channels;
    }

    private static int Colours(ref Cursor box)
    {
        if (box.May("prof"u8)) IccCheck.Verify(box.Take(box.Left));
        else
        {
            box.Must("nclx"u8, "unknown colours");
            if (box.Two() > 22 || box.Two() > 18 || box.Two() > 15 || (box.Byte() & 0x7F) != 0) throw box.Fail("illegal colours");
        }
        return 0;
    }

    private static int Aspect(ref Cursor box)
    {
        uint across = box.Four(), down = box.Four();
        if (across is < 1 or > 255 || down is < 1 or > 255 || across == down) throw box.Fail("illegal shape");
        return 0;
    }

    private static int Frame(ref Cursor box)
    {
        for (var side = 0; side < 2; side++)
            if (box.Four() is < 1 or > 16_384 || box.Four() != 1) throw box.Fail("illegal frame");
        for (var side = 0; side < 2; side++)
            if ((int)box.Four() is < -16_384 or > 16_384 || box.Four() != 2) throw box.Fail("illegal frame");
        return 0;
    }
}
