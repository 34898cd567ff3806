namespace PhotoGuard.Records.Ledger;

/// <summary>The last head of every school in the ledger's files, read on from where the last look ended. One thread at a time.</summary>
/// <param name="path">The folder of the ledger.</param>
public sealed class LedgerTail(string path)
{
    private readonly Dictionary<string, (long Read, Dictionary<Guid, LedgerHead> Heads)> files = [];

    /// <summary>Looks again. A file that was taken away no longer counts.</summary>
    /// <returns>The heads of each file.</returns>
    public IReadOnlyDictionary<string, Dictionary<Guid, LedgerHead>> Look()
    {
        var present = LedgerFile.At(path);
        foreach (var gone in files.Keys.Except(present).ToList()) files.Remove(gone);
        foreach (var file in present)
        {
            var (read, heads) = files.TryGetValue(file, out var known) ? known : (0, []);
            // Another file of that name, shorter: read from its beginning.
            if (new FileInfo(file).Length < read) (read, heads) = (0, []);
            foreach (var head in LedgerFile.Read(file, ref read).OfType<LedgerHead>())
                if (!heads.TryGetValue(head.School, out var last) || head.To >= last.To) heads[head.School] = head;
            files[file] = (read, heads);
        }
        return files.ToDictionary(file => file.Key, file => file.Value.Heads);
    }
}
