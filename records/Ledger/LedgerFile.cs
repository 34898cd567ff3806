using System.Text;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Records.Ledger;

/// <summary>
/// A file of the ledger: <c>{node}.ledger</c>, lines that are only ever appended, durable when <see cref="Append"/> returns. Each node
/// has its own; together, in any order, they are the ledger. It belongs where the database's owner cannot write.
/// </summary>
public static class LedgerFile
{
    public const string Extension = ".ledger";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Appends whole lines and makes them durable.</summary>
    /// <exception cref="IOException">Nothing is claimed to be in it.</exception>
    public static void Append(string path, IEnumerable<LedgerLine> lines)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        // One writer at a time, also where two processes have the same node's name; readers never wait.
        using var turn = new FileStream($"{path}.lock", new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
        var isNew = !File.Exists(path);
        using (var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly,
        }))
        {
            var text = new StringBuilder();
            // A power cut may have left half a line: it ends here and counts for nothing.
            if (file.Length > 0 && !EndsWithLine(file)) text.Append('\n');
            foreach (var line in lines) text.Append(line.Text()).Append('\n');
            file.Seek(0, SeekOrigin.End);
            file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            Posix.SyncFile(file);
        }
        if (isNew) Posix.SyncFolder(folder);
    }

    /// <summary>The files that a path names: itself, or those of a folder.</summary>
    public static IReadOnlyList<string> At(string path) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? [.. Directory.GetFiles(path, $"*{Extension}").Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The whole lines from a place on; moves the place behind the last of them.</summary>
    public static IEnumerable<LedgerLine> Read(string path, ref long from)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        if (from > file.Length) from = 0;
        file.Position = from;
        var rest = new byte[file.Length - from];
        file.ReadExactly(rest);
        var end = rest.AsSpan().LastIndexOf((byte)'\n') + 1;
        from += end;
        return Lines(rest[..end]);
    }

    private static IEnumerable<LedgerLine> Lines(byte[] text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = text.AsSpan(start).IndexOf((byte)'\n');
            if (LedgerLine.Parse(text.AsSpan(start, length)) is { } line) yield return line;
            start += length + 1;
        }
    }

    private static bool EndsWithLine(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }
}
