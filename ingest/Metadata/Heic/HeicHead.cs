using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// Everything before the coded data: ftyp, meta and the head of mdat. Items are numbered from 1 in the order of their data, the grid last.
/// </summary>
internal sealed class HeicHead(byte[] buffer, HeicPicture picture)
{
    private const int LocationLength = 16;

    private int locations;

    /// <summary>Behind the head of mdat.</summary>
    internal int Length { get; private set; }

    /// <summary>The boxes of decoder settings.</summary>
    internal Range Configurations { get; private set; }

    /// <summary>The grid's own data; empty where there is none.</summary>
    internal Range Grid { get; private set; }

    private int Items => picture.Associations.Count;

    internal void Write(HeicGrid? grid)
    {
        var writer = new ByteWriter(buffer);
        WriteKind(ref writer);
        var meta = Open(ref writer, HeicType.Meta, full: true);
        var handler = Open(ref writer, HeicType.Handler, full: true);
        writer.WriteU32(0);
        writer.WriteU32(HeicType.Picture);
        // Reserved, and an empty name.
        writer.Take(13);
        Close(ref writer, handler);
        var primary = Open(ref writer, HeicType.PrimaryItem, full: true);
        writer.WriteU16(Items);
        Close(ref writer, primary);
        WriteLocations(ref writer, grid is not null);
        WriteItems(ref writer);
        if (grid is not null) WriteReferences(ref writer);
        WriteProperties(ref writer);
        if (grid is { } tiles)
        {
            var data = Open(ref writer, HeicType.ItemData, full: false);
            tiles.Write(ref writer);
            Grid = (data + 8)..writer.Position;
            Close(ref writer, data);
        }
        Close(ref writer, meta);
        Open(ref writer, HeicType.MediaData, full: false);
        Length = writer.Position;
    }

    /// <summary>Says where the data of the k-th item is.</summary>
    internal void Place(int k, int offset, int length)
    {
        var entry = buffer.AsSpan(locations + k * LocationLength + 8);
        BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)offset);
        BinaryPrimitives.WriteUInt32BigEndian(entry[4..], (uint)length);
    }

    /// <summary>Brand heic promises eight bits and half the colours, which all decoders know; heix promises less (section B.4.1).</summary>
    private void WriteKind(ref ByteWriter writer)
    {
        var brand = picture.Coding is { Chroma: 1, LumaBits: 8, ChromaBits: 8 } ? "heic"u8 : "heix"u8;
        writer.WriteU32(24);
        writer.WriteU32(HeicType.FileType);
        writer.Write(brand);
        writer.WriteU32(0);
        writer.Write("mif1"u8);
        writer.Write(brand);
    }

    /// <summary>iloc, version 1: one piece each, offsets and lengths of four bytes; a grid's data is in idat.</summary>
    private void WriteLocations(ref ByteWriter writer, bool grid)
    {
        var box = Open(ref writer, HeicType.ItemLocation, full: true);
        buffer[box + 8] = 1;
        writer.Write([0x44, 0]);
        writer.WriteU16(Items);
        locations = writer.Position;
        for (var id = 1; id <= Items; id++)
        {
            var isGrid = grid && id == Items;
            writer.WriteU16(id);
            writer.WriteU16(isGrid ? 1 : 0);
            writer.WriteU16(0);
            writer.WriteU16(1);
            writer.WriteU32(0);
            writer.WriteU32(isGrid ? HeicGrid.Length : 0u);
        }
        Close(ref writer, box);
    }

    /// <summary>iinf: tiles are hidden, for they are no pictures of their own.</summary>
    private void WriteItems(ref ByteWriter writer)
    {
        var box = Open(ref writer, HeicType.ItemInfo, full: true);
        writer.WriteU16(Items);
        for (var id = 1; id <= Items; id++)
        {
            var entry = Open(ref writer, HeicType.ItemEntry, full: true);
            (buffer[entry + 8], buffer[entry + 11]) = (2, (byte)(id < Items ? 1 : 0));
            writer.WriteU16(id);
            writer.WriteU16(0);
            writer.WriteU32(id == Items ? picture.Primary.Type : HeicType.Hevc);
            writer.Take(1);
            Close(ref writer, entry);
        }
        Close(ref writer, box);
    }

    private void WriteReferences(ref ByteWriter writer)
    {
        var box = Open(ref writer, HeicType.ItemReference, full: true);
        var tiles = Open(ref writer, HeicType.DerivedFrom, full: false);
        writer.WriteU16(Items);
        writer.WriteU16(Items - 1);
        for (var id = 1; id < Items; id++) writer.WriteU16(id);
        Close(ref writer, tiles);
        Close(ref writer, box);
    }

    private void WriteProperties(ref ByteWriter writer)
    {
        var box = Open(ref writer, HeicType.ItemProperties, full: false);
        var container = Open(ref writer, HeicType.PropertyContainer, full: false);
        var start = writer.Position;
        for (var k = 0; k < picture.Boxes.Count; k++)
        {
            writer.Write(picture.Boxes[k]);
            if (k + 1 == picture.Configurations) Configurations = start..writer.Position;
        }
        Close(ref writer, container);
        var association = Open(ref writer, HeicType.PropertyAssociation, full: true);
        writer.WriteU32((uint)Items);
        for (var id = 1; id <= Items; id++)
        {
            writer.WriteU16(id);
            writer.Write([(byte)picture.Associations[id - 1].Length]);
            writer.Write(picture.Associations[id - 1]);
        }
        Close(ref writer, association);
        Close(ref writer, box);
    }

    /// <returns>Where it begins, for <see cref="Close"/>.</returns>
    private static int Open(ref ByteWriter writer, uint type, bool full)
    {
        var start = writer.Position;
        writer.WriteU32(0);
        writer.WriteU32(type);
        if (full) writer.WriteU32(0);
        return start;
    }

    private void Close(ref ByteWriter writer, int start) =>
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(start), (uint)(writer.Position - start));
}
