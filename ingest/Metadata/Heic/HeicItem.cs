namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>One item of the index: a picture, a tile of one, or metadata. ISO/IEC 14496-12 section 8.11.</summary>
internal sealed class HeicItem(uint id, uint type)
{
    internal uint Id { get; } = id;

    /// <summary>Four-character code; 0 where the file has none.</summary>
    internal uint Type { get; } = type;

    internal bool Protected { get; init; }

    /// <summary>XMP: a mime item of type application/rdf+xml, or one that says it is XML.</summary>
    internal bool Xmp { get; init; }

    /// <summary>Where its data is, once that was read.</summary>
    internal HeicLocation? Location { get; set; }

    /// <summary>Its properties, as a part of all associations.</summary>
    internal Range Associations { get; set; }

    internal bool Associated { get; set; }
}

/// <summary>Where an item's data is: extents of the file (0) or of idat (1). ISO/IEC 14496-12 section 8.11.3.</summary>
/// <param name="Method">0 to 15; from 2 on nothing is followed.</param>
/// <param name="Source">0 for this file.</param>
/// <param name="Extents">A part of all extents.</param>
internal sealed record HeicLocation(int Method, int Source, Range Extents);

/// <summary>A piece of an item's data.</summary>
/// <param name="Offset">From the beginning of the file or of idat, base included.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct HeicExtent(long Offset, long Length);

/// <summary>From one item to others: a grid to its tiles, a thumbnail to what it is of.</summary>
internal readonly record struct HeicReference(uint Type, uint From, uint[] To);
