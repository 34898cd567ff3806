namespace PhotoGuard.Records.Ledger;

/// <summary>What a ledger says of one school's chain.</summary>
public sealed class SchoolLedger
{
    private readonly List<(long From, long To)> told = [];

    /// <summary>Digests of the chain by position.</summary>
    public SortedDictionary<long, byte[]> Heads { get; } = [];

    /// <summary>Facts by position.</summary>
    public SortedDictionary<long, LedgerFact> Facts { get; } = [];

    /// <summary>What does not fit together in the ledger itself, each a sentence.</summary>
    public List<string> Damage { get; } = [];

    /// <summary>The last position that it vouches for; 0 for none.</summary>
    public long Head => Heads.Count == 0 ? 0 : Heads.Keys.Last();

    /// <summary>Whether every position up to the head was told.</summary>
    public bool IsWhole => MissingAfter() is null;

    /// <summary>The first position that no line tells, although later ones are told.</summary>
    public long? MissingAfter()
    {
        long covered = 0;
        foreach (var (from, to) in told.Order())
        {
            if (from > covered + 1) return covered + 1;
            covered = Math.Max(covered, to);
        }
        return null;
    }

    internal void Add(LedgerHead head, IReadOnlyCollection<LedgerFact> facts)
    {
        var digest = Convert.FromHexString(head.Digest);
        if (Heads.TryGetValue(head.To, out var known) && !known.AsSpan().SequenceEqual(digest)) Damage.Add($"two different heads at position {head.To}");
        if (LedgerHead.DigestOf(facts) != head.Facts) Damage.Add($"the facts of positions {head.From} to {head.To} are not those that were told");
        Heads[head.To] = digest;
        told.Add((head.From, head.To));
        foreach (var fact in facts) Facts[fact.Position] = fact;
    }
}

/// <summary>A whole ledger, read into memory.</summary>
public sealed class LedgerBook
{
    private readonly Dictionary<Guid, SchoolLedger> schools = [];

    /// <summary>By school; one that it says nothing of has an empty one.</summary>
    public SchoolLedger this[Guid school] => schools.TryGetValue(school, out var known) ? known : new();

    public IReadOnlyCollection<Guid> Schools => schools.Keys;

    /// <param name="path">A file, or the folder of all nodes' files.</param>
    public static LedgerBook Read(string path)
    {
        var book = new LedgerBook();
        foreach (var file in LedgerFile.At(path))
        {
            long from = 0;
            // A batch is a school's facts and then its head; facts without one were never whole.
            var waiting = new Dictionary<Guid, List<LedgerFact>>();
            foreach (var line in LedgerFile.Read(file, ref from))
            {
                if (line is LedgerFact fact)
                {
                    if (!waiting.TryGetValue(fact.School, out var batch)) waiting[fact.School] = batch = [];
                    batch.Add(fact);
                }
                else if (line is LedgerHead head)
                {
                    var facts = waiting.Remove(head.School, out var batch) ? batch.Where(fact => fact.Position >= head.From).ToList() : [];
                    if (!book.schools.TryGetValue(head.School, out var school)) book.schools[head.School] = school = new();
                    school.Add(head, facts);
                }
            }
        }
        return book;
    }
}
