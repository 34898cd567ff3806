using System.Buffers.Binary;
using System.Text;
using PhotoGuard.Tests.Ingest.Pixels;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>An item to be put into a file, and how the file points at its data.</summary>
internal sealed record TestItem(int Id, string Type, byte[] Data)
{
    public (byte[] Box, bool Essential)[] Properties { get; init; } = [];
    public string Name { get; init; } = "";
    public string Mime { get; init; } = "";
    public int Method { get; init; }
    public int Pieces { get; init; } = 1;
    public int Source { get; init; }
    public int Protection { get; init; }

    /// <summary>Instead of where the data is.</summary>
    public (uint Offset, uint Length)? Place { get; init; }
}

/// <summary>
/// HEIC files put together box by box, with words wherever a box can hold them. The coded picture itself is painted and coded when the
/// tests run.
/// </summary>
internal sealed record TestHeic
{
    private static readonly Lazy<(byte[] Settings, byte[] Coded)> Encoded = new(Encode);

    /// <summary>What hvcC holds for a picture of 64 × 64.</summary>
    public static byte[] Settings => Encoded.Value.Settings;

    /// <summary>The picture's coded data: one unit behind its length.</summary>
    public static byte[] Coded => Encoded.Value.Coded;

    public static byte[] Exif { get; } = [0, 0, 0, 6, .. "Exif\0\0"u8,
        .. DemoMetadata.Tiff(new DemoPicture { TakenAt = Pictures.Taken, Orientation = 6 }, JpegPainter.Paint(16, 16, new DemoScene(1).PaintRow, 50, []))];

    public static byte[] Xmp { get; } = Encoding.UTF8.GetBytes(DemoMetadata.XmpPacket(new DemoPicture()));

    public TestItem[] Items { get; init; } = [Picture(1)];
    public int Primary { get; init; } = 1;
    public (string Type, int From, int[] To)[] References { get; init; } = [];
    public int LocationVersion { get; init; } = 1;
    public int OffsetSize { get; init; } = 4;
    public int LengthSize { get; init; } = 4;
    public int BaseSize { get; init; }
    public int NumberSize { get; init; }
    public bool WideItems { get; init; }
    public bool WideProperties { get; init; }
    public bool LongBoxes { get; init; }
    public bool IndexLast { get; init; }
    public string Brand { get; init; } = "heic";
    public string Handler { get; init; } = "";
    public byte[] InIndex { get; init; } = [];
    public byte[] BeforeData { get; init; } = [];
    public byte[] Behind { get; init; } = [];

    /// <summary>Between any two pieces of data, in mdat and in idat.</summary>
    public byte[] Slack { get; init; } = [];

    public static TestItem Picture(int id, params (byte[] Box, bool Essential)[] more) =>
        new(id, "hvc1", Coded) { Properties = [(Box("hvcC", Settings), true), (Size(64, 64), false), .. more] };

    /// <summary>Four tiles and the grid that shows 120 × 128 of them, as item 5.</summary>
    public static TestHeic Tiles(params (byte[] Box, bool Essential)[] more) => new()
    {
        Items = [Picture(1), Picture(2), Picture(3), Picture(4),
            new(5, "grid", [0, 0, 1, 1, 0, 120, 0, 128]) { Method = 1, Properties = [(Size(120, 128), false), .. more] }],
        Primary = 5,
        References = [("dimg", 5, [1, 2, 3, 4])],
    };

    public TestHeic With(TestItem item, params (string Type, int From, int[] To)[] references) =>
        this with { Items = [.. Items, item], References = [.. References, .. references] };

    /// <summary>With everything that a camera adds: Exif, XMP, a thumbnail, a gain map, a description.</summary>
    public TestHeic WithMetadata() => With(new(90, "Exif", Exif) { Pieces = 2 }, ("cdsc", 90, [Primary]))
        .With(new(91, "mime", Xmp) { Mime = "application/rdf+xml\0" }, ("cdsc", 91, [Primary]))
        .With(Picture(92), ("thmb", 92, [Primary]))
        .With(Picture(93, (Full("auxC", "urn:com:apple:photo:2020:aux:hdrgainmap\0"u8), true)), ("auxl", 93, [Primary]));

    public byte[] Make()
    {
        byte[] kind = Box("ftyp", [.. Encoding.ASCII.GetBytes(Brand), 0, 0, 0, 0, .. "mif1heic"u8]);
        var (media, mediaPlaces) = Gather(method: 0);
        var (own, ownPlaces) = Gather(method: 1);
        var data = Box("mdat", media);
        var index = Index(own, mediaPlaces, ownPlaces, 0);
        var at = kind.Length + BeforeData.Length + data.Length - media.Length + (IndexLast ? 0 : index.Length);
        index = Index(own, mediaPlaces, ownPlaces, at);
        return IndexLast ? [.. kind, .. BeforeData, .. data, .. index, .. Behind] : [.. kind, .. index, .. BeforeData, .. data, .. Behind];
    }

    public static byte[] Box(string type, ReadOnlySpan<byte> data) => [.. TestProfile.Four(data.Length + 8), .. Encoding.ASCII.GetBytes(type), .. data];

    public static byte[] Full(string type, ReadOnlySpan<byte> data, int version = 0, int flags = 0) => Box(type, [(byte)version, 0, 0, (byte)flags, .. data]);

    public static byte[] Size(int width, int height) => Full("ispe", [.. TestProfile.Four(width), .. TestProfile.Four(height)]);

    /// <summary>A unit of this type behind its length.</summary>
    public static byte[] Unit(int type, ReadOnlySpan<byte> data) => [.. TestProfile.Four(data.Length + 2), (byte)(type << 1), 1, .. data];

    /// <summary>Decoder settings with one more array of units.</summary>
    public static byte[] SettingsWith(int type, params byte[][] units)
    {
        byte[] more = [.. Settings, (byte)(0x80 | type), (byte)(units.Length >> 8), (byte)units.Length,
            .. units.SelectMany(unit => (byte[])[(byte)(unit.Length >> 8), (byte)unit.Length, .. unit])];
        more[22]++;
        return more;
    }

    public static byte[] Two(int number) => [(byte)(number >> 8), (byte)number];

    private (byte[] Data, Dictionary<int, List<(int Offset, int Length)>> Places) Gather(int method)
    {
        var data = new List<byte>();
        var places = new Dictionary<int, List<(int, int)>>();
        var pieces = Items.Where(item => item.Method == method)
            .SelectMany(item => item.Data.Chunk(Math.Max(1, (item.Data.Length + item.Pieces - 1) / item.Pieces)).Select((piece, turn) => (item.Id, piece, turn)));
        // The second pieces of all items follow the first ones.
        foreach (var (id, piece, _) in pieces.OrderBy(one => one.turn))
        {
            data.AddRange(Slack);
            (places.TryGetValue(id, out var known) ? known : places[id] = []).Add((data.Count, piece.Length));
            data.AddRange(piece);
        }
        data.AddRange(Slack);
        return ([.. data], places);
    }

    private byte[] Index(byte[] own, Dictionary<int, List<(int Offset, int Length)>> media, Dictionary<int, List<(int Offset, int Length)>> inside, int at)
    {
        var boxes = Items.SelectMany(item => item.Properties).Select(property => Convert.ToHexString(property.Box)).Distinct().ToList();
        byte[] content =
        [
            .. Full("hdlr", [0, 0, 0, 0, .. "pict"u8, .. new byte[12], .. Encoding.UTF8.GetBytes(Handler), 0]),
            .. Full("pitm", Id(Primary), WideItems ? 1 : 0),
            .. Full("iinf", [.. WideItems ? TestProfile.Four(Items.Length) : Two(Items.Length), .. Items.SelectMany(Entry)], WideItems ? 1 : 0),
            .. Full("iref", References.SelectMany(reference => Box(reference.Type,
                [.. Id(reference.From), .. Two(reference.To.Length), .. reference.To.SelectMany(Id)])).ToArray(), WideItems ? 1 : 0),
            .. Box("iprp",
            [
                .. Box("ipco", boxes.SelectMany(Convert.FromHexString).ToArray()),
                .. Full("ipma", [.. TestProfile.Four(Items.Length), .. Items.SelectMany(item => (byte[])[.. Id(item.Id), (byte)item.Properties.Length,
                    .. item.Properties.SelectMany(property => Number(boxes.IndexOf(Convert.ToHexString(property.Box)) + 1, property.Essential))])],
                    WideItems ? 1 : 0, WideProperties ? 1 : 0),
            ]),
            .. own.Length > 0 ? Box("idat", own) : [],
            .. Full("iloc", Locations(media, inside, at), WideItems ? 2 : LocationVersion),
            .. InIndex,
        ];
        return LongBoxes ? [0, 0, 0, 1, .. "meta"u8, 0, 0, 0, 0, .. TestProfile.Four(content.Length + 20), 0, 0, 0, 0, .. content] : Full("meta", content);
    }

    private byte[] Entry(TestItem item) => Full("infe",
        [.. Id(item.Id), .. Two(item.Protection), .. Encoding.ASCII.GetBytes(item.Type), .. Encoding.UTF8.GetBytes(item.Name), 0, .. Encoding.ASCII.GetBytes(item.Mime)],
        WideItems ? 3 : 2);

    private byte[] Id(int id) => WideItems ? TestProfile.Four(id) : Two(id);

    private byte[] Number(int number, bool essential) =>
        WideProperties ? [(byte)(essential ? 0x80 : 0), (byte)number] : [(byte)((essential ? 0x80 : 0) | number)];

    private byte[] Locations(Dictionary<int, List<(int Offset, int Length)>> media, Dictionary<int, List<(int Offset, int Length)>> inside, int at)
    {
        var version = WideItems ? 2 : LocationVersion;
        var all = new List<byte>([(byte)(OffsetSize << 4 | LengthSize), (byte)(BaseSize << 4 | (version > 0 ? NumberSize : 0))]);
        all.AddRange(version == 2 ? TestProfile.Four(Items.Length) : Two(Items.Length));
        foreach (var item in Items)
        {
            all.AddRange(version == 2 ? TestProfile.Four(item.Id) : Two(item.Id));
            if (version > 0) all.AddRange(Two(item.Method));
            all.AddRange(Two(item.Source));
            var from = item.Method == 0 ? at : 0;
            all.AddRange(Sized((uint)from, BaseSize));
            var pieces = (item.Method == 0 ? media : inside).GetValueOrDefault(item.Id) ?? [];
            all.AddRange(Two(item.Place is null ? pieces.Count : 1));
            if (item.Place is { } place) Piece(place.Offset, place.Length);
            else foreach (var (offset, length) in pieces) Piece((uint)(offset + (BaseSize == 0 ? from : 0)), (uint)length);
        }
        return [.. all];

        void Piece(uint offset, uint length)
        {
            if (version > 0) all.AddRange(Sized(1, NumberSize));
            all.AddRange(Sized(offset, OffsetSize));
            all.AddRange(Sized(length, LengthSize));
        }
    }

    private static byte[] Sized(uint number, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes[(8 - size)..];
    }

    private static (byte[] Settings, byte[] Coded) Encode() => Parts(PaintedPicture.Heic(64, 64));

    /// <summary>What hvcC holds, and the coded data, of a file with one picture of one unit.</summary>
    public static (byte[] Settings, byte[] Coded) Parts(byte[] file)
    {
        var settings = file.AsSpan().IndexOf("hvcC"u8);
        var data = file.AsSpan().IndexOf("mdat"u8) + 4;
        return (file[(settings + 4)..(settings - 4 + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(settings - 4)))],
            file[data..(data + 4 + BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(data)))]);
    }
}
