namespace PhotoGuard.Ingest.Metadata.Heic;

/// <summary>The properties of the clean file, each once, in the order in which they are first needed.</summary>
internal sealed class HeicShelf
{
    // A number and the bit for essential share a byte.
    private const int Most = 127;

    private readonly List<byte[]> boxes = [];

    internal IReadOnlyList<byte[]> Boxes => boxes;

    /// <summary>Its number, from 1.</summary>
    /// <param name="box">Head included.</param>
    internal int Put(byte[] box)
    {
        for (var k = 0; k < boxes.Count; k++)
            if (boxes[k].AsSpan().SequenceEqual(box)) return k + 1;
        if (boxes.Count == Most) throw PictureRefused.UnsupportedCoding("its parts are of very many kinds");
        boxes.Add(box);
        return boxes.Count;
    }
}
