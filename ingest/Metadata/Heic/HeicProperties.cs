namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>A property of an item, as it stands in the file.</summary>
/// <param name="Number">Its place among all properties, from 1.</param>
/// <param name="Content">What its box holds.</param>
/// <param name="Essential">A reader that does not understand it must not show the item.</param>
internal readonly record struct HeicProperty(int Number, uint Type, Range Content, bool Essential);

/// <summary>All properties (ipco) and which item has which (ipma). ISO/IEC 23008-12 section 9.3.</summary>
internal sealed class HeicProperties
{
    internal const int MostProperties = 8_192;
    private const int MostAssociations = 262_144;

    private readonly List<(uint Type, Range Content)> all = [];
    private readonly List<ushort> associations = [];

    /// <exception cref="PictureRefused">Damaged, or an item has its properties twice.</exception>
    internal static HeicProperties Read(ReadOnlySpan<byte> file, HeicIndex index, RemovedList removed)
    {
        var properties = new HeicProperties();
        var boxes = new HeicBoxes(file, index.Properties);
        for (var first = true; boxes.Next(); first = false)
        {
            if (first != (boxes.Type == HeicType.PropertyContainer)) throw PictureRefused.Malformed("its properties are out of order");
            if (first) properties.ReadContainer(file, boxes.Content, removed);
            else if (boxes.Type == HeicType.PropertyAssociation) properties.ReadAssociations(boxes.Data, index);
            else removed.Add(Removed.PrivateData);
        }
        return properties;
    }

    /// <summary>In the order in which the file gives them to the item; that order decides how it is turned and cut.</summary>
    internal IEnumerable<HeicProperty> Of(HeicItem item)
    {
        for (var k = item.Associations.Start.Value; k < item.Associations.End.Value; k++)
        {
            var number = associations[k] & 0x7FFF;
            // Number 0 stands for no property.
            if (number == 0) continue;
            if (number > all.Count) throw PictureRefused.Malformed("a property is missing");
            var (type, content) = all[number - 1];
            yield return new(number, type, content, associations[k] >> 15 != 0);
        }
    }

    private void ReadContainer(ReadOnlySpan<byte> file, Range container, RemovedList removed)
    {
        var boxes = new HeicBoxes(file, container);
        while (boxes.Next())
        {
            if (all.Count == MostProperties) throw PictureRefused.UnsupportedCoding("it has very many parts");
            all.Add((boxes.Type, boxes.Content));
            if (boxes.Type == HeicType.Description) removed.Add(Removed.Comment);
        }
    }

    private void ReadAssociations(ReadOnlySpan<byte> data, HeicIndex index)
    {
        var fields = new HeicFields(data);
        var version = fields.Version(out var flags);
        if (version > 1) throw PictureRefused.UnsupportedCoding("its index is of an unknown version");
        for (var count = fields.Four(); count > 0; count--)
        {
            var item = index.Find(fields.TwoOr(wide: version == 1));
            var start = associations.Count;
            for (var left = fields.One(); left > 0; left--)
            {
                if (associations.Count == MostAssociations) throw PictureRefused.UnsupportedCoding("it has very many parts");
                var number = (flags & 1) != 0 ? fields.Two() : fields.One() is var small && small > 127 ? small - 128 | 0x8000 : small;
                associations.Add((ushort)number);
            }
            if (item is null) continue;
            if (item.Associated) throw PictureRefused.Malformed("an item has its properties twice");
            item.Associated = true;
            item.Associations = start..associations.Count;
        }
        if (!fields.Rest.IsEmpty) throw PictureRefused.Malformed("there is something behind a part of its index");
    }
}
