using System.Buffers;
using System.Buffers.Binary;

namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// HEIC built anew, ISO/IEC 23008-12: an index of the primary picture alone, then its coded data, bit by bit. Nothing of the file's own
/// index is copied; boxes that a decoder needs are written from the values that were read.
/// </summary>
internal static class HeicScrub
{
    // Kind, index and their heads come to less than this besides what each item and property needs.
    private const int MostFixed = 512, MostAnItem = 64;

    internal static ScrubbedPicture Scrub(ReadOnlySpan<byte> bytes)
    {
        var file = HeicFile.Read(bytes);
        var index = HeicIndex.Read(bytes, file.Index, file.Removed);
        var properties = HeicProperties.Read(bytes, index, file.Removed);
        var picture = HeicPicture.Read(bytes, index, properties, file.Removed);
        IReadOnlyList<HeicItem> kept = picture.IsGrid ? [.. picture.Coded, picture.Primary] : picture.Coded;
        var data = HeicData.Locate(bytes.Length, file, index, kept);
        if (picture.IsGrid) CheckGrid(bytes, picture, data);
        HeicCarriers.Tell(bytes, index, kept.Select(item => item.Id).ToHashSet(), file.Removed);
        var transparent = HeicCarriers.IsTransparent(bytes, index, properties, index.PrimaryId);
        var buffer = ArrayPool<byte>.Shared.Rent(MostFixed + MostAnItem * kept.Count + picture.Boxes.Sum(box => box.Length) + data.Length);
        try
        {
            return Write(bytes, file, picture, data, transparent, buffer);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static HeicGrid GridOf(ReadOnlySpan<byte> bytes, HeicPicture picture, HeicData data)
    {
        var length = data.LengthOf(picture.Primary);
        if (length > HeicGrid.MostLength) throw PictureRefused.Malformed("there is something behind a part of its index");
        Span<byte> grid = stackalloc byte[length];
        data.Copy(picture.Primary, bytes, grid);
        return HeicGrid.Read(grid);
    }

    private static void CheckGrid(ReadOnlySpan<byte> bytes, HeicPicture picture, HeicData data)
    {
        var grid = GridOf(bytes, picture, data);
        var (width, height) = picture.TileSize(bytes);
        if (grid.Rows * grid.Columns != picture.Coded.Count || !grid.IsFilledBy(width, height)) throw PictureRefused.Malformed("its tiles do not fit");
        if ((grid.Width, grid.Height) != picture.Size) throw PictureRefused.Malformed("it says two different sizes");
    }

    private static ScrubbedPicture Write(ReadOnlySpan<byte> bytes, HeicFile file, HeicPicture picture, HeicData data, bool transparent, byte[] buffer)
    {
        var head = new HeicHead(buffer, picture);
        head.Write(picture.IsGrid ? GridOf(bytes, picture, data) : null);
        var start = head.Length;
        var end = start;
        for (var k = 0; k < picture.Coded.Count; k++)
        {
            var item = picture.Coded[k];
            var room = buffer.AsSpan(end, data.LengthOf(item));
            data.Copy(item, bytes, room);
            var length = HevcUnits.Keep(room, picture.ConfigurationOf(item).LengthSize, file.Removed);
            head.Place(k, end, length);
            end += length;
        }
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(start - 8), (uint)(end - start + 8));
        return new ScrubbedPicture(buffer, end)
        {
            Kind = PictureKind.Heic,
            Width = picture.Shape.Width,
            Height = picture.Shape.Height,
            Orientation = picture.Shape.Orientation,
            Removed = file.Removed.Items,
            Flags = Flags(picture, transparent),
            CodedRanges = [head.Configurations, head.Grid, start..end],
        };
    }

    private static List<string> Flags(HeicPicture picture, bool transparent)
    {
        var flags = new List<string>();
        if (picture.ProfileDropped) flags.Add("colour-profile-dropped");
        if (transparent) flags.Add("transparency-dropped");
        if (picture.Shape.HidesParts) flags.Add("cropped-parts-remain");
        return flags;
    }
}
