using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Audit;

/// <summary>What an entry <c>records.forgotten</c> says of the entries that went in its commit.</summary>
/// <param name="Kind"><c>accessLog</c> or <c>audit</c>.</param>
/// <param name="Before">All of them were older.</param>
/// <param name="Positions">Their places in the chain, e.g. <c>3-9,12</c>.</param>
/// <param name="Seals">SHA-256 over the digests of their seals, in order; hexadecimal.</param>
internal sealed partial record ForgottenBatch(string Kind, DateTimeOffset Before, string Positions, string Seals)
{
    internal const string Event = "records.forgotten";

    private const int Most = 10_000;

    private static readonly ForgottenBatch Nothing = new("", DateTimeOffset.MinValue, "", "");

    /// <param name="seals">In the order of the chain.</param>
    internal static ForgottenBatch Of(string kind, DateTimeOffset before, IReadOnlyList<(long Position, byte[] Digest)> seals) =>
        new(kind, before, Ranges(seals.Select(seal => seal.Position)), DigestOf(seals.Select(seal => seal.Digest)));

    /// <summary>Null where the entry is about other records than the audit's. What is not as a run writes it names no place.</summary>
    internal static ForgottenBatch? Read(AuditEntry entry)
    {
        if (!entry.Details.RootElement.TryGetProperty("positions", out _)) return null;
        try
        {
            return entry.Details.Deserialize<ForgottenBatch>(JsonSerializerOptions.Web) is { Positions: { } positions } batch && Written().IsMatch(positions)
                ? batch
                : Nothing;
        }
        catch (JsonException)
        {
            return Nothing;
        }
    }

    internal static string DigestOf(IEnumerable<byte[]> digests)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var digest in digests) hash.AppendData(digest);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A batch is a thousand entries; whoever writes of more names no further ones.</summary>
    internal IEnumerable<long> Places() => Positions.Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(range =>
    {
        long[] ends = [.. range.Split('-').Select(end => long.Parse(end, NumberStyles.None, CultureInfo.InvariantCulture))];
        return Enumerable.Range(0, (int)Math.Clamp(ends[^1] - ends[0] + 1, 0, Most)).Select(nth => ends[0] + nth);
    }).Take(Most);

    [GeneratedRegex(@"^[0-9]{1,18}(-[0-9]{1,18})?(,[0-9]{1,18}(-[0-9]{1,18})?)*$")]
    private static partial Regex Written();

    private static string Ranges(IEnumerable<long> positions)
    {
        var ranges = new List<(long From, long To)>();
        foreach (var position in positions)
        {
            if (ranges is [.., var last] && last.To == position - 1) ranges[^1] = (last.From, position);
            else ranges.Add((position, position));
        }
        return string.Join(',', ranges.Select(range => range.From == range.To ? $"{range.From}" : $"{range.From}-{range.To}"));
    }
}

/// <summary>
/// Tells entries whose time was over from entries that somebody took out: the first are named, place by place, by entries of the same chain
/// that no run ever deletes (docs/decisions/0020). Asked along the chain, from its beginning.
/// </summary>
internal sealed class ForgottenEntries(RecordsDb db, Guid school)
{
    // No school may choose less.
    private const int LeastYears = 1;

    // Entries are sealed in the order of their commits and dated by the beginning of these.
    private static readonly TimeSpan Apart = TimeSpan.FromHours(1);

    private readonly Dictionary<long, ForgottenBatch> told = [];
    private readonly List<(AuditEntry Entry, ForgottenBatch Batch)> batches = [];
    private DateTimeOffset? last;
    private (long Position, DateTimeOffset Before)? gap;

    /// <summary>Why the entry at this place should be there; null where its time was over.</summary>
    /// <param name="fact">What the ledger was told of it, if anything.</param>
    public async Task<string?> WhyNotAsync(long position, long entry, LedgerFact? fact, CancellationToken cancel)
    {
        // The service may be up, and a run have gone on since.
        if (!told.ContainsKey(position)) await ReadAsync(cancel);
        if (!told.TryGetValue(position, out var batch)) return $"the entry at position {position} is missing";
        if (fact is not null && (fact.At >= batch.Before || AccessLog.Events.Contains(fact.Event) != (batch.Kind == Words.Of(RecordKind.AccessLog))))
            return $"entry {entry} at position {position} is gone, and its time was not over";
        if (gap is null || batch.Before < gap.Value.Before) gap = (position, batch.Before);
        return null;
    }

    /// <summary>The next entry that is there: what is missing before it was no older than both its neighbours, if these are younger than it had to be.</summary>
    public string? WhyNotBetween(AuditEntry entry)
    {
        var (missing, before) = (gap, last);
        (gap, last) = (null, entry.At);
        return missing is { } it && before > it.Before + Apart && entry.At > it.Before + Apart
            ? $"the entry at position {it.Position} is gone, and its time was not over"
            : null;
    }

    /// <summary>Whether every batch says what is gone, and that its time was over by any school's choice. One sentence for each that does not.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancel)
    {
        await ReadAsync(cancel);
        var findings = new List<string>();
        foreach (var (entry, batch) in batches)
        {
            var places = batch.Places().ToArray();
            var seals = await db.AuditSeals.AsNoTracking().Where(seal => seal.SchoolId == school && places.Contains(seal.Position)).OrderBy(seal => seal.Position).ToListAsync(cancel);
            var ids = seals.Select(seal => seal.EntryId).ToArray();
            if (entry.ActorKind != ActorKind.System || batch.Before > entry.At.AddYears(-LeastYears) + TimeSpan.FromDays(1))
                findings.Add($"entry {entry.Id} says that records went whose time was not over");
            if (ForgottenBatch.DigestOf(seals.Select(seal => seal.Digest)) != batch.Seals || await db.AuditEntries.AnyAsync(row => ids.Contains(row.Id), cancel))
                findings.Add($"what entry {entry.Id} says is gone is not what is gone");
        }
        return findings;
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        var after = batches is [.., var latest] ? latest.Entry.Id : 0;
        foreach (var entry in await db.AuditEntries.AsNoTracking()
            .Where(row => row.SchoolId == school && row.Event == ForgottenBatch.Event && row.Id > after).OrderBy(row => row.Id).ToListAsync(cancel))
        {
            if (ForgottenBatch.Read(entry) is not { } batch) continue;
            batches.Add((entry, batch));
            foreach (var place in batch.Places()) told[place] = batch;
        }
    }
}
