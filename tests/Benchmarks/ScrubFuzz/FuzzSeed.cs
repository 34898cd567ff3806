using System.Buffers.Binary;

namespace PhotoGuard.Benchmarks.ScrubFuzz;

/// <summary>A legal picture to be damaged, with the places where its lengths stand and how long its heads are.</summary>
internal sealed class FuzzSeed
{
    // Of the coded pictures themselves only the first bytes count as heads.
    private const int MostOfAPart = 1_024;

    private readonly List<(int At, int Size, bool Little)> lengths = [];
    private readonly List<int> heads = [];

    internal FuzzSeed(string name, byte[] file)
    {
        (Name, File) = (name, file);
        if (file.AsSpan().StartsWith<byte>([0xFF, 0xD8])) Segments();
        else if (file[0] == 0x89) Chunks(8, little: false);
        else if (file.AsSpan().StartsWith("RIFF"u8)) Chunks(12, little: true);
        else Boxes(0, file.Length);
    }

    internal string Name { get; }

    internal byte[] File { get; }

    /// <summary>Fields that hold a length or an offset: where, how many bytes, and which end comes first.</summary>
    internal IReadOnlyList<(int At, int Size, bool Little)> Lengths => lengths;

    /// <summary>Every byte that is of no coded picture, as a position to cut the file at.</summary>
    internal IReadOnlyList<int> Heads => heads;

    private void Segments()
    {
        Head(0, 2);
        for (var at = 2; at + 4 <= File.Length && File[at] == 0xFF && File[at + 1] != 0xD9;)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(File.AsSpan(at + 2));
            lengths.Add((at + 2, 2, false));
            Head(at, at + 2 + length);
            var scan = File[at + 1] == 0xDA;
            at += 2 + length;
            // Behind a scan's head, on to the next marker.
            while (scan && at + 1 < File.Length && (File[at] != 0xFF || File[at + 1] is 0 or (>= 0xD0 and <= 0xD7))) at++;
        }
    }

    private void Chunks(int from, bool little)
    {
        Head(0, from);
        if (little) lengths.Add((4, 4, true));
        for (var at = from; at + 8 <= File.Length;)
        {
            var field = at + (little ? 4 : 0);
            var length = little ? BinaryPrimitives.ReadInt32LittleEndian(File.AsSpan(field)) : BinaryPrimitives.ReadInt32BigEndian(File.AsSpan(field));
            // What stands behind the last chunk need not be one.
            if (length < 0 || length > File.Length - at - 8) return;
            lengths.Add((field, 4, little));
            Head(at, at + 8 + length);
            at += 8 + length + (little ? length & 1 : 4);
        }
    }

    private void Boxes(int from, int end)
    {
        for (var at = from; at + 8 <= end;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(File.AsSpan(at));
            if (length < 8 || length > end - at) return;
            lengths.Add((at, 4, false));
            Head(at, at + length);
            var type = File.AsSpan(at + 4, 4);
            if (type.SequenceEqual("meta"u8)) Boxes(at + 12, at + length);
            else if (type.SequenceEqual("iprp"u8) || type.SequenceEqual("ipco"u8)) Boxes(at + 8, at + length);
            else if (type.SequenceEqual("iinf"u8)) Boxes(at + 14, at + length);
            else if (type.SequenceEqual("iref"u8)) Boxes(at + 12, at + length);
            // Offsets, lengths and counts, wherever they begin.
            else if (type.SequenceEqual("iloc"u8) || type.SequenceEqual("ipma"u8) || type.SequenceEqual("hvcC"u8))
                for (var field = at + 8; field + 4 <= at + length; field++) lengths.Add((field, 2 + 2 * (field & 1), false));
            at += length;
        }
    }

    private void Head(int from, int to)
    {
        to = Math.Min(Math.Min(to, File.Length), from + MostOfAPart);
        for (var at = Math.Max(from, heads.Count == 0 ? 0 : heads[^1] + 1); at < to; at++) heads.Add(at);
    }
}
