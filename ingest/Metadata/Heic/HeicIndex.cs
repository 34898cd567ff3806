namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// The meta box, read once: which items there are, where their data is, how they belong together. ISO/IEC 14496-12 section 8.11.
/// All counts are bounded, so that work and memory are in proportion to the file.
/// </summary>
internal sealed class HeicIndex
{
    internal const int MostItems = 8_192;
    private const int MostExtents = 65_536, MostReferences = 65_536;

    private readonly Dictionary<uint, HeicItem> byId = [];
    private readonly List<HeicExtent> extents = [];
    private readonly List<HeicReference> references = [];
    private Range handler, primary, info, location, reference, properties, itemData;

    /// <summary>All items, in their order.</summary>
    internal List<HeicItem> Items { get; } = [];

    internal uint PrimaryId { get; private set; }

    internal IReadOnlyList<HeicReference> References => references;

    /// <summary>What iprp holds.</summary>
    internal Range Properties => properties;

    /// <exception cref="PictureRefused">A box that is missing, doubled, too short, or of an unknown version.</exception>
    internal static HeicIndex Read(ReadOnlySpan<byte> file, Range meta, RemovedList removed)
    {
        var index = new HeicIndex();
        index.FindBoxes(file, meta, removed);
        index.ReadPrimary(file[index.primary]);
        index.ReadItems(file, removed);
        index.ReadLocations(file[index.location]);
        if (!index.reference.Equals(default)) index.ReadReferences(file);
        return index;
    }

    internal HeicItem? Find(uint id) => byId.GetValueOrDefault(id);

    internal ReadOnlySpan<HeicExtent> ExtentsOf(HeicLocation location) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(extents)[location.Extents];

    /// <summary>Where an extent lies in the file; null where it lies outside of the file or of idat, or is followed by no rule here.</summary>
    internal Range? Place(HeicLocation location, HeicExtent extent, int fileLength)
    {
        var (start, end) = location.Method switch
        {
            0 => (0L, (long)fileLength),
            1 => (itemData.Start.Value, itemData.End.Value),
            _ => (0, 0),
        };
        if (location.Source != 0 || extent.Offset + extent.Length > end - start) return null;
        return (int)(start + extent.Offset)..(int)(start + extent.Offset + extent.Length);
    }

    private void FindBoxes(ReadOnlySpan<byte> file, Range meta, RemovedList removed)
    {
        if (file[meta].Length < 4 || file[meta][0] != 0) throw PictureRefused.Malformed("its index is cut short");
        var boxes = new HeicBoxes(file, (meta.Start.Value + 4)..meta.End);
        while (boxes.Next())
        {
            switch (boxes.Type)
            {
                case HeicType.Handler: Once(ref handler, boxes.Content); break;
                case HeicType.PrimaryItem: Once(ref primary, boxes.Content); break;
                case HeicType.ItemInfo: Once(ref info, boxes.Content); break;
                case HeicType.ItemLocation: Once(ref location, boxes.Content); break;
                case HeicType.ItemReference: Once(ref reference, boxes.Content); break;
                case HeicType.ItemProperties: Once(ref properties, boxes.Content); break;
                case HeicType.ItemData: Once(ref itemData, boxes.Content); break;
                case HeicType.DataInfo or HeicType.Groups: break;
                case HeicType.Free or HeicType.Skip when !boxes.Data.ContainsAnyExcept((byte)0): break;
                default: removed.Add(Removed.PrivateData); break;
            }
        }
        foreach (var needed in (ReadOnlySpan<Range>)[handler, primary, info, location, properties])
            if (needed.Equals(default)) throw PictureRefused.Malformed("a part of its index is missing");
        var fields = new HeicFields(file[handler]);
        fields.Version(out _);
        fields.Four();
        if (fields.Four() != HeicType.Picture) throw PictureRefused.Malformed("its index is of something else than pictures");
        fields.Take(12);
        // Three reserved numbers, then the name of the program that wrote it.
        if (!fields.Text().IsEmpty || fields.Rest.ContainsAnyExcept((byte)0)) removed.Add(Removed.PrivateData);

        static void Once(ref Range slot, Range found)
        {
            if (!slot.Equals(default)) throw PictureRefused.Malformed("a part of its index is there twice");
            slot = found;
        }
    }

    private void ReadPrimary(ReadOnlySpan<byte> data)
    {
        var fields = new HeicFields(data);
        var version = fields.Version(out _);
        if (version > 1) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        PrimaryId = fields.TwoOr(wide: version == 1);
    }

    /// <summary>iinf and infe, sections 8.11.6.2 and 8.11.6.3.</summary>
    private void ReadItems(ReadOnlySpan<byte> file, RemovedList removed)
    {
        var fields = new HeicFields(file[info]);
        var version = fields.Version(out _);
        if (version > 1) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        var count = fields.TwoOr(wide: version == 1);
        if (count > MostItems) throw PictureRefused.UnsupportedCoding("it has very many parts");
        var boxes = new HeicBoxes(file, (info.End.Value - fields.Rest.Length)..info.End.Value);
        while (boxes.Next())
        {
            if (boxes.Type != HeicType.ItemEntry) throw PictureRefused.Malformed("there is something else among its parts");
            var item = ReadItem(boxes.Data, removed);
            if (Items.Count == count || !byId.TryAdd(item.Id, item)) throw PictureRefused.Malformed("a part of it is there twice");
            Items.Add(item);
        }
        if (Items.Count != count) throw PictureRefused.Malformed("a part of its index ends early");
    }

    private static HeicItem ReadItem(ReadOnlySpan<byte> data, RemovedList removed)
    {
        var fields = new HeicFields(data);
        var version = fields.Version(out _);
        if (version > 3) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        var id = fields.TwoOr(wide: version == 3);
        var isProtected = fields.Two() != 0;
        var type = version >= 2 ? fields.Four() : 0;
        if (!fields.Text().IsEmpty) removed.Add(Removed.Comment);
        var xmp = type == HeicType.Mime && fields.Text() is var kind && (kind.SequenceEqual("application/rdf+xml"u8) || kind.EndsWith("xml"u8));
        return new(id, type) { Protected = isProtected, Xmp = xmp };
    }

    /// <summary>iloc, section 8.11.3.</summary>
    private void ReadLocations(ReadOnlySpan<byte> data)
    {
        var fields = new HeicFields(data);
        var version = fields.Version(out _);
        if (version > 2) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        int sizes = fields.One(), moreSizes = fields.One();
        int offsetSize = sizes >> 4, lengthSize = sizes & 15, baseSize = moreSizes >> 4, numberSize = version == 0 ? 0 : moreSizes & 15;
        var count = fields.TwoOr(wide: version == 2);
        if (count > MostItems) throw PictureRefused.UnsupportedCoding("it has very many parts");
        for (; count > 0; count--)
        {
            var id = fields.TwoOr(wide: version == 2);
            var method = version == 0 ? 0 : fields.Two() & 15;
            var source = fields.Two();
            var from = fields.Sized(baseSize);
            var start = extents.Count;
            var pieces = fields.Two();
            if (start + pieces > MostExtents) throw PictureRefused.UnsupportedCoding("it has very many parts");
            for (; pieces > 0; pieces--)
            {
                fields.Sized(numberSize);
                var offset = fields.Sized(offsetSize);
                extents.Add(new(from + offset, fields.Sized(lengthSize)));
            }
            if (Find(id) is not { } item) continue;
            if (item.Location is not null) throw PictureRefused.Malformed("a part of it is in two places");
            item.Location = new(method, source, start..extents.Count);
        }
        if (!fields.Rest.IsEmpty) throw PictureRefused.Malformed("there is something behind a part of its index");
    }

    /// <summary>iref, section 8.11.12.</summary>
    private void ReadReferences(ReadOnlySpan<byte> file)
    {
        var fields = new HeicFields(file[reference]);
        var version = fields.Version(out _);
        if (version > 1) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        var boxes = new HeicBoxes(file, (reference.Start.Value + 4)..reference.End.Value);
        var left = MostReferences;
        while (boxes.Next())
        {
            var entry = new HeicFields(boxes.Data);
            var from = entry.TwoOr(wide: version == 1);
            var to = new uint[entry.Two()];
            if ((left -= 1 + to.Length) < 0) throw PictureRefused.UnsupportedCoding("it has very many parts");
            for (var k = 0; k < to.Length; k++) to[k] = entry.TwoOr(wide: version == 1);
            if (!entry.Rest.IsEmpty) throw PictureRefused.Malformed("there is something behind a part of its index");
            references.Add(new(boxes.Type, from, to));
        }
    }
}
