namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>
/// Where the bytes of the kept items lie. What is kept must be followed exactly: whole, inside of media data or idat, no byte twice, and
/// none shared with an item that is dropped.
/// </summary>
internal sealed class HeicData
{
    private readonly HeicIndex index;
    private readonly Dictionary<uint, (Range[] Pieces, int Length)> places = [];

    private HeicData(HeicIndex index) => this.index = index;

    /// <summary>Bytes of all kept items.</summary>
    internal int Length { get; private set; }

    /// <exception cref="PictureRefused">Data that cannot be followed, or is shared.</exception>
    internal static HeicData Locate(int fileLength, HeicFile file, HeicIndex index, IEnumerable<HeicItem> kept)
    {
        var data = new HeicData(index);
        var taken = new List<(int Start, int End)>();
        foreach (var item in kept)
        {
            var pieces = data.Follow(item, fileLength, file);
            foreach (var piece in pieces) taken.Add((piece.Start.Value, piece.End.Value));
            var length = pieces.Sum(piece => piece.End.Value - piece.Start.Value);
            data.places.Add(item.Id, (pieces, length));
            data.Length += length;
        }
        taken.Sort();
        for (var k = 1; k < taken.Count; k++)
            if (taken[k].Start < taken[k - 1].End) throw Shared();
        foreach (var item in index.Items)
            if (!data.places.ContainsKey(item.Id)) data.MustNotShare(item, fileLength, taken);
        return data;
    }

    internal int LengthOf(HeicItem item) => places[item.Id].Length;

    internal void Copy(HeicItem item, ReadOnlySpan<byte> file, Span<byte> to)
    {
        foreach (var piece in places[item.Id].Pieces)
        {
            file[piece].CopyTo(to);
            to = to[file[piece].Length..];
        }
    }

    private Range[] Follow(HeicItem item, int fileLength, HeicFile file)
    {
        if (item.Protected) throw PictureRefused.UnsupportedCoding("it is locked");
        if (item.Location is not { } location) throw PictureRefused.Truncated("a part of it is missing");
        if (location.Method > 1) throw PictureRefused.UnsupportedCoding("its pixels are put together from other parts");
        if (location.Source != 0) throw PictureRefused.UnsupportedCoding("a part of it is in another file");
        var extents = index.ExtentsOf(location);
        if (extents.IsEmpty) throw PictureRefused.Truncated("a part of it is missing");
        var pieces = new Range[extents.Length];
        for (var k = 0; k < extents.Length; k++)
        {
            // A length of 0 means up to the end of the file, and that is where metadata may stand.
            if (extents[k].Length == 0) throw PictureRefused.UnsupportedCoding("the length of a part is not said");
            pieces[k] = index.Place(location, extents[k], fileLength) ?? throw PictureRefused.Truncated("a part of it is missing");
            if (location.Method == 0 && !file.IsMediaData(pieces[k].Start.Value, pieces[k].End.Value))
                throw PictureRefused.Malformed("its pixels are outside of its data");
        }
        return pieces;
    }

    private void MustNotShare(HeicItem item, int fileLength, List<(int Start, int End)> taken)
    {
        if (item.Location is not { } location) return;
        foreach (var extent in index.ExtentsOf(location))
        {
            if (extent.Length == 0 || index.Place(location, extent, fileLength) is not { } place) continue;
            // The first piece that ends behind the place begins before its end only where both share a byte.
            int low = 0, high = taken.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (taken[middle].End > place.Start.Value) high = middle;
                else low = middle + 1;
            }
            if (low < taken.Count && taken[low].Start < place.End.Value) throw Shared();
        }
    }

    private static PictureRefused Shared() => PictureRefused.Malformed("parts of it share the same bytes");
}
