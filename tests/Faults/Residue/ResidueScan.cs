using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>
/// Looks for what must not be readable on a disk: texts as UTF-8 and UTF-16LE, and pieces of files' contents wherever they begin. One pass over
/// every file: each text is known by its first 8 bytes, each content by 8 bytes in every 256 of it, so that no 512 bytes of it that stand
/// together are passed over, aligned or not; pieces of 64 bytes and more are told where they hold such 8 bytes.
/// <para>Blind to what is encoded otherwise: compressed (PostgreSQL does that to values of 2 KB and more, so that canaries are short), base64,
/// numbers and dates in binary form.</para>
/// </summary>
internal sealed class ResidueScan
{
    private const int KeyLength = 8;
    private const int Stride = 256;
    private const int ShortestPiece = 64;
    private const int BlockLength = 1 << 22;
    private const int NoSuchDevice = 6;

    private readonly List<(string What, string Text)> texts = [];
    private readonly Dictionary<ulong, List<(Plain Plain, int Offset)>> keys = [];
    private readonly ulong[] filter = new ulong[1 << 16];
    private int longestText;

    /// <summary>Bytes looked at by the last <see cref="Find"/>.</summary>
    public long Looked { get; private set; }

    /// <param name="text">8 bytes of UTF-8 or more.</param>
    public void Text(string what, string text)
    {
        texts.Add((what, text));
        foreach (var (encoding, bytes) in new[] { ("UTF-8", Encoding.UTF8.GetBytes(text)), ("UTF-16", Encoding.Unicode.GetBytes(text)) })
        {
            if (bytes.Length < KeyLength) throw new ArgumentException($"{what} is too short to be told from chance.", nameof(text));
            longestText = Math.Max(longestText, bytes.Length);
            Add(new Plain($"{what} ({encoding})", bytes, IsText: true), 0);
        }
    }

    /// <param name="content">E.g. a picture's bytes. Places with little in them, such as zeros, are everybody's and are not looked for.</param>
    public void Content(string what, byte[] content)
    {
        var plain = new Plain(what, content, IsText: false);
        var added = 0;
        for (var from = 0; from + ShortestPiece <= content.Length; from += Stride)
        {
            // The next place from here that is not like any other.
            var last = Math.Min(from + Stride - KeyLength, content.Length - ShortestPiece);
            for (var at = from; at <= last; at += 4)
            {
                if (Different(content.AsSpan(at, ShortestPiece)) < 24) continue;
                Add(plain, at);
                added++;
                break;
            }
        }
        if (added == 0) throw new ArgumentException($"{what} has nothing in it by which it can be known.", nameof(content));
    }

    /// <returns>One line for each file and each thing found in it.</returns>
    public IReadOnlyList<string> Find(params IEnumerable<string> roots)
    {
        Looked = 0;
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var root in roots)
        {
            foreach (var path in Directory.Exists(root) ? Directory.EnumerateFileSystemEntries(root, "*", Options) : [root])
            {
                foreach (var (what, text) in texts)
                    if (path.Contains(text, StringComparison.OrdinalIgnoreCase)) found.Add($"{what}: the name of {path}");
                // Nothing lies in what has no length: a named pipe, which would have the scan wait for whoever writes into it.
                if (new FileInfo(path) is { Exists: true, Length: > 0 }) FindIn(path, found);
            }
        }
        return [.. found];
    }

    private static EnumerationOptions Options => new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    private void FindIn(string path, SortedSet<string> found)
    {
        // A block begins with the end of the one before, so that nothing falls between two.
        var overlap = Math.Max(longestText, 2 * ShortestPiece);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockLength + overlap);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            for (var kept = 0; ;)
            {
                var read = file.ReadAtLeast(buffer.AsSpan(kept, BlockLength), BlockLength, throwOnEndOfStream: false);
                Looked += read;
                FindIn(buffer.AsSpan(0, kept + read), path, found);
                if (read < BlockLength) return;
                buffer.AsSpan(kept + read - overlap, overlap).CopyTo(buffer);
                kept = overlap;
            }
        }
        catch (IOException error) when (error is FileNotFoundException or DirectoryNotFoundException || error.HResult == NoSuchDevice)
        {
            // Deleted meanwhile, as segments of the log are; or a socket.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void FindIn(ReadOnlySpan<byte> data, string path, SortedSet<string> found)
    {
        for (var at = 0; at + KeyLength <= data.Length; at++)
        {
            var key = BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);
            var bit = Bit(key);
            if ((filter[bit >> 6] & (1UL << (bit & 63))) == 0 || !keys.TryGetValue(key, out var candidates)) continue;
            foreach (var (plain, offset) in candidates)
                if (plain.IsText ? data[at..].StartsWith(plain.Bytes) : PieceAt(data, at, plain.Bytes, offset) >= ShortestPiece) found.Add($"{plain.What}: {path}");
        }
    }

    /// <summary>How many bytes around the place are the same in both.</summary>
    private static int PieceAt(ReadOnlySpan<byte> data, int at, ReadOnlySpan<byte> content, int offset)
    {
        var before = 0;
        while (before < at && before < offset && data[at - before - 1] == content[offset - before - 1]) before++;
        return before + data[at..].CommonPrefixLength(content[offset..]);
    }

    private void Add(Plain plain, int offset)
    {
        var key = BinaryPrimitives.ReadUInt64LittleEndian(plain.Bytes.AsSpan(offset));
        var bit = Bit(key);
        filter[bit >> 6] |= 1UL << (bit & 63);
        if (!keys.TryGetValue(key, out var candidates)) keys[key] = candidates = [];
        candidates.Add((plain, offset));
    }

    /// <summary>One of the filter's 2^22 bits.</summary>
    private static int Bit(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> 42);

    private static int Different(ReadOnlySpan<byte> bytes)
    {
        Span<bool> seen = stackalloc bool[256];
        seen.Clear();
        var different = 0;
        foreach (var one in bytes)
        {
            if (seen[one]) continue;
            seen[one] = true;
            different++;
        }
        return different;
    }

    private sealed record Plain(string What, byte[] Bytes, bool IsText);
}
