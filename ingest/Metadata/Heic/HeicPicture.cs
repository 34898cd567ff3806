namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// The primary picture: which items it needs, and their properties as the clean file will have them. ISO/IEC 23008-12 sections 6.2 and 6.5.
/// </summary>
internal sealed class HeicPicture
{
    private const int MostTiles = 4_096;

    private readonly HeicIndex index;
    private readonly HeicProperties properties;
    private readonly RemovedList removed;
    private readonly HeicShelf shelf = new();
    private readonly Dictionary<int, (HevcConfiguration Settings, int Number)> configurations = [];
    private readonly Dictionary<int, int> colours = [];

    private HeicPicture(HeicIndex index, HeicProperties properties, RemovedList removed)
    {
        this.index = index;
        this.properties = properties;
        this.removed = removed;
    }

    internal HeicItem Primary { get; private set; } = null!;

    /// <summary>The primary item itself, or its tiles in their order.</summary>
    internal IReadOnlyList<HeicItem> Coded { get; private set; } = [];

    internal bool IsGrid => Primary.Type == HeicType.Grid;

    /// <summary>Pixels, before it is cut or turned.</summary>
    internal (int Width, int Height) Size { get; private set; }

    internal HeicShape Shape { get; private set; } = null!;

    /// <summary>What each item has, as numbers of <see cref="Boxes"/> with a high bit where essential: the coded ones, then the grid.</summary>
    internal List<byte[]> Associations { get; } = [];

    /// <summary>Decoder settings first.</summary>
    internal IReadOnlyList<byte[]> Boxes => shelf.Boxes;

    /// <summary>How many of <see cref="Boxes"/> are decoder settings.</summary>
    internal int Configurations { get; private set; }

    internal bool ProfileDropped { get; private set; }

    internal HevcPicture Coding { get; private set; }

    /// <exception cref="PictureRefused">Too large, of another coding, or something it needs is missing or not understood.</exception>
    internal static HeicPicture Read(ReadOnlySpan<byte> file, HeicIndex index, HeicProperties properties, RemovedList removed)
    {
        var picture = new HeicPicture(index, properties, removed);
        picture.Primary = index.Find(index.PrimaryId) ?? throw PictureRefused.Malformed("its picture is missing");
        var own = picture.PropertiesOf(picture.Primary);
        var (width, height) = SizeOf(file, own);
        PictureLimits.Check(width, height);
        picture.Size = ((int)width, (int)height);
        picture.Shape = new((int)width, (int)height);
        picture.Coded = picture.Primary.Type switch
        {
            HeicType.Hevc => [picture.Primary],
            HeicType.Grid => picture.Tiles(),
            _ => throw PictureRefused.UnsupportedCoding("it is put together from other pictures, or not coded in HEVC"),
        };
        var all = picture.Coded.Select(picture.PropertiesOf).ToList();
        for (var k = 0; k < all.Count; k++) picture.Configure(file, all[k], first: k == 0);
        picture.Configurations = picture.Boxes.Count;
        for (var k = 0; k < all.Count; k++) picture.Describe(file, picture.Coded[k], all[k]);
        if (picture.IsGrid) picture.Describe(file, picture.Primary, own);
        return picture;
    }

    /// <summary>Decoder settings of an item.</summary>
    internal HevcConfiguration ConfigurationOf(HeicItem item) => configurations[Single(PropertiesOf(item), HeicType.Configuration)!.Value.Number].Settings;

    /// <summary>Size of the tiles, which all have the same one.</summary>
    internal (int Width, int Height) TileSize(ReadOnlySpan<byte> file)
    {
        var (width, height) = SizeOf(file, PropertiesOf(Coded[0]));
        foreach (var tile in Coded)
            if (SizeOf(file, PropertiesOf(tile)) != (width, height)) throw PictureRefused.Malformed("its tiles are of different sizes");
        return ((int)width, (int)height);
    }

    private List<HeicItem> Tiles()
    {
        var references = index.References.Where(reference => reference.Type == HeicType.DerivedFrom && reference.From == Primary.Id).ToList();
        if (references is not [var reference] || reference.To.Length is 0 or > MostTiles) throw PictureRefused.Malformed("its tiles are missing");
        var tiles = new List<HeicItem>();
        var seen = new HashSet<uint>();
        foreach (var id in reference.To)
        {
            if (!seen.Add(id)) throw PictureRefused.UnsupportedCoding("a tile of it is used twice");
            if (index.Find(id) is not { } tile) throw PictureRefused.Truncated("a tile of it is missing");
            // A tile that is put together from tiles would let a file go round in circles.
            if (tile.Type != HeicType.Hevc) throw PictureRefused.UnsupportedCoding("its tiles are not coded in HEVC");
            tiles.Add(tile);
        }
        return tiles;
    }

    private List<HeicProperty> PropertiesOf(HeicItem item)
    {
        if (item.Protected) throw PictureRefused.UnsupportedCoding("it is locked");
        return [.. properties.Of(item)];
    }

    private void Configure(ReadOnlySpan<byte> file, List<HeicProperty> own, bool first)
    {
        if (Single(own, HeicType.Configuration) is not { } property) throw PictureRefused.Truncated("its decoder settings are missing");
        if (!configurations.TryGetValue(property.Number, out var configuration))
        {
            var settings = HevcConfiguration.Read(file[property.Content], removed);
            configurations.Add(property.Number, configuration = (settings, shelf.Put(settings.Write())));
        }
        var coding = configuration.Settings.Picture;
        if (first) Coding = coding;
        if (coding.Chroma != Coding.Chroma || coding.LumaBits != Coding.LumaBits) throw PictureRefused.Malformed("its tiles are of different kinds");
        var (width, height) = SizeOf(file, own);
        // A margin of less than one coded block is what encoders of odd sizes leave.
        if (width > coding.Width || height > coding.Height || width <= coding.Width - 8 || height <= coding.Height - 8)
            throw PictureRefused.Malformed("it says two different sizes");
    }

    private void Describe(ReadOnlySpan<byte> file, HeicItem item, List<HeicProperty> own)
    {
        var numbers = new List<byte>();
        if (item.Type == HeicType.Hevc)
            numbers.Add(Essential(configurations[Single(own, HeicType.Configuration)!.Value.Number].Number));
        numbers.Add((byte)shelf.Put(Extent(SizeOf(file, own))));
        if (Single(own, HeicType.Channels) is { } channels && Channels(file[channels.Content]) is { } channelsBox) numbers.Add((byte)shelf.Put(channelsBox));
        AddColours(file, own, numbers);
        if (Single(own, HeicType.PixelAspect) is { } aspect && Aspect(file[aspect.Content]) is { } aspectBox) numbers.Add((byte)shelf.Put(aspectBox));
        AddShape(file, item, own, numbers);
        foreach (var property in own)
            if (property.Essential && !IsKnown(property.Type)) throw PictureRefused.UnsupportedCoding("it asks for more than is known here");
        Associations.Add([.. numbers]);
    }

    private void AddColours(ReadOnlySpan<byte> file, List<HeicProperty> own, List<byte> numbers)
    {
        bool points = false, profile = false;
        foreach (var property in own)
        {
            if (property.Type != HeicType.Colours) continue;
            var kind = HeicColours.KindOf(file[property.Content]);
            if (kind is HeicType.CodePoints) Once(ref points);
            else if (kind is HeicType.Profile or HeicType.RestrictedProfile) Once(ref profile);
            else if (property.Essential) throw PictureRefused.UnsupportedCoding("its colours are said in an unknown way");
            else continue;
            if (!colours.TryGetValue(property.Number, out var number))
            {
                var box = HeicColours.Rewrite(file[property.Content], Coding.Chroma == 0, removed);
                colours.Add(property.Number, number = box is null ? 0 : shelf.Put(box));
            }
            if (number != 0)
            {
                numbers.Add((byte)number);
                continue;
            }
            ProfileDropped = true;
            removed.Add(Removed.ColourProfile);
        }

        static void Once(ref bool seen)
        {
            if (seen) throw PictureRefused.Malformed("its colours are said twice");
            seen = true;
        }
    }

    /// <summary>Tiles are neither cut nor turned; the picture is, as its file says and in that order.</summary>
    private void AddShape(ReadOnlySpan<byte> file, HeicItem item, List<HeicProperty> own, List<byte> numbers)
    {
        var shape = item == Primary ? Shape : new HeicShape(PictureLimits.LongestSide, PictureLimits.LongestSide);
        var seen = 0;
        foreach (var property in own)
        {
            var bit = property.Type switch { HeicType.CleanAperture => 1, HeicType.Rotation => 2, HeicType.Mirror => 4, _ => 0 };
            if (bit == 0) continue;
            if ((seen & bit) != 0) throw PictureRefused.UnsupportedCoding("it is turned twice");
            seen |= bit;
            if (shape.Take(property.Type, file[property.Content]) is not { } box) continue;
            if (item != Primary) throw PictureRefused.UnsupportedCoding("its tiles are turned");
            numbers.Add(Essential(shelf.Put(box)));
        }
    }

    private static byte Essential(int number) => (byte)(0x80 | number);

    private static bool IsKnown(uint type) => type is HeicType.Configuration or HeicType.Extent or HeicType.Channels or HeicType.Colours
        or HeicType.PixelAspect or HeicType.CleanAperture or HeicType.Rotation or HeicType.Mirror;

    private static HeicProperty? Single(List<HeicProperty> own, uint type)
    {
        HeicProperty? found = null;
        foreach (var property in own)
        {
            if (property.Type != type) continue;
            if (found is not null) throw PictureRefused.Malformed("a property is there twice");
            found = property;
        }
        return found;
    }

    /// <summary>ispe, ISO/IEC 23008-12 section 6.5.3.</summary>
    private static (long Width, long Height) SizeOf(ReadOnlySpan<byte> file, List<HeicProperty> own)
    {
        if (Single(own, HeicType.Extent) is not { } property) throw PictureRefused.Truncated("its size is missing");
        var fields = new HeicFields(file[property.Content]);
        fields.Four();
        long width = fields.Four(), height = fields.Four();
        return width > 0 && height > 0 && fields.Rest.IsEmpty ? (width, height) : throw PictureRefused.Malformed("it says an impossible size");
    }

    private static byte[] Extent((long Width, long Height) size)
    {
        var box = new byte[20];
        var writer = new ByteWriter(box);
        writer.WriteU32(20);
        writer.WriteU32(HeicType.Extent);
        writer.WriteU32(0);
        writer.WriteU32((uint)size.Width);
        writer.WriteU32((uint)size.Height);
        return box;
    }

    /// <summary>pixi, ISO/IEC 23008-12 section 6.5.6: bits of each channel. Null where it says nothing sensible.</summary>
    private static byte[]? Channels(ReadOnlySpan<byte> data)
    {
        if (data.Length < 5 || !data[..4].SequenceEqual<byte>([0, 0, 0, 0]) || data[4] is 0 or > 4 || data.Length != 5 + data[4]) return null;
        foreach (var bits in data[5..])
            if (bits is 0 or > 16) return null;
        return [0, 0, 0, (byte)(8 + data.Length), .. "pixi"u8, .. data];
    }

    /// <summary>pasp, ISO/IEC 14496-12 section 12.1.4. Null for square pixels, and where it says nothing sensible.</summary>
    private static byte[]? Aspect(ReadOnlySpan<byte> data)
    {
        if (data.Length != 8) return null;
        var fields = new HeicFields(data);
        uint across = fields.Four(), down = fields.Four();
        return across == down || across is 0 or > 255 || down is 0 or > 255 ? null : [0, 0, 0, 16, .. "pasp"u8, .. data];
    }
}
