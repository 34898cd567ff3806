namespace PhotoGuard.Ingest.Metadata.Check;

/// <summary>
/// The exact form of a rewritten profile: constant header fields, known tags, each element behind the one before it with zeros as
/// padding, both texts constant. ICC.1:2022.
/// </summary>
internal static class IccCheck
{
    internal static void Verify(ReadOnlySpan<byte> profile)
    {
        var cursor = new Cursor(profile, "profile");
        if (cursor.Four() != profile.Length || profile.Length % 4 != 0) throw cursor.Fail("wrong length");
        cursor.Must([0, 0, 0, 0], "a maker");
        var version = cursor.Byte();
        if (version is not (2 or 4)) throw cursor.Fail("unknown version");
        cursor.Byte();
        cursor.Must([0, 0], "unknown version");
        if (!(cursor.May("mntr"u8) || cursor.May("scnr"u8) || cursor.May("prtr"u8) || cursor.May("spac"u8))) throw cursor.Fail("unknown class");
        var channels = cursor.May("RGB "u8) ? 3 : cursor.May("GRAY"u8) ? 1 : cursor.May("CMYK"u8) ? 4 : throw cursor.Fail("unknown colours");
        if (!cursor.May("XYZ "u8) && !cursor.May("Lab "u8)) throw cursor.Fail("unknown colours");
        cursor.Must([7, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, .. "acsp"u8], "a date");
        cursor.Must(new byte[24], "a device");
        cursor.Must([0, 0, 0], "unknown intent");
        if (cursor.Byte() > 3) throw cursor.Fail("unknown intent");
        cursor.Must([0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D], "unknown light");
        cursor.Must(new byte[48], "an id");
        Tags(ref cursor, profile, version, channels);
    }

    private static void Tags(ref Cursor cursor, ReadOnlySpan<byte> profile, int version, int channels)
    {
        var count = (int)Math.Min(cursor.Four(), 101);
        if (count is < 3 or > 100) throw cursor.Fail("odd number of tags");
        var table = new Cursor(cursor.Take(12 * count), "profile tags");
        var known = new Dictionary<uint, (uint Size, string Name)>();
        for (var t = 0; t < count; t++)
        {
            var name = System.Text.Encoding.Latin1.GetString(table.Take(4));
            uint offset = table.Four(), size = table.Four();
            if (t < 2 && name != (t == 0 ? "desc" : "cprt")) throw table.Fail("a text is missing");
            if (known.TryGetValue(offset, out var shared))
            {
                if (shared.Size != size || FormOf(shared.Name) != FormOf(name) || t < 2) throw table.Fail("odd sharing");
                continue;
            }
            if (offset != cursor.At || size > int.MaxValue) throw table.Fail("a gap");
            known.Add(offset, (size, name));
            var element = new Cursor(cursor.Take((int)size), "profile");
            Element(ref element, name, version, channels);
            element.MustEnd();
            while (cursor.At % 4 != 0)
                if (cursor.Byte() != 0) throw cursor.Fail("bytes between its parts");
        }
        cursor.MustEnd();
    }

    private static string FormOf(string name) => name switch
    {
        "desc" or "cprt" or "chad" or "cicp" => name,
        "wtpt" or "rXYZ" or "gXYZ" or "bXYZ" => "point",
        "rTRC" or "gTRC" or "bTRC" or "kTRC" => "curve",
        "A2B0" or "A2B1" or "A2B2" => "table to",
        "B2A0" or "B2A1" or "B2A2" => "table from",
        _ => throw PictureRefused.CheckFailed("profile: unknown tag"),
    };

    private static void Element(ref Cursor element, string name, int version, int channels)
    {
        switch (FormOf(name))
        {
            case "desc" when version == 2:
                element.Must([.. "desc\0\0\0\0\0\0\0\u0008Colours\0"u8, .. new byte[78]], "a text");
                break;
            case "cprt" when version == 2:
                element.Must("text\0\0\0\0None\0"u8, "a text");
                break;
            case "desc":
                element.Must("mluc\0\0\0\0\0\0\0\u0001\0\0\0\u000CenUS\0\0\0\u000E\0\0\0\u001C\0C\0o\0l\0o\0u\0r\0s"u8, "a text");
                break;
            case "cprt":
                element.Must("mluc\0\0\0\0\0\0\0\u0001\0\0\0\u000CenUS\0\0\0\u0008\0\0\0\u001C\0N\0o\0n\0e"u8, "a text");
                break;
            case "point":
                element.Must("XYZ \0\0\0\0"u8, "unknown form");
                element.Take(12);
                break;
            case "chad":
                element.Must("sf32\0\0\0\0"u8, "unknown form");
                element.Take(36);
                break;
            case "cicp":
                element.Must("cicp\0\0\0\0"u8, "unknown form");
                element.Take(4);
                break;
            case "curve":
                IccTableCheck.Curve(ref element);
                break;
            case "table to":
                IccTableCheck.Table(ref element, "mAB "u8, channels, 3);
                break;
            default:
                IccTableCheck.Table(ref element, "mBA "u8, 3, channels);
                break;
        }
    }
}
