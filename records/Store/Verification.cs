using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.Photos;

namespace PhotoGuard.Records.Store;

/// <summary>Looks, and changes nothing: are the audit chains whole, and do records, keys and store agree?</summary>
public sealed class Verification(RecordsDb db, IBlobStore blobs, KeyStore keys, PhotoGuardSettings settings)
{
    /// <returns>One sentence for each thing that is wrong; none where all is well.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        var findings = new List<string>();
        var ledger = LedgerBook.Read(settings.Ledger);
        var schools = await db.Schools.Select(row => row.Id).ToListAsync(cancel);
        foreach (var school in schools) await ChainAsync(school, ledger[school], findings, cancel);
        findings.AddRange(ledger.Schools.Except(schools).Select(school => $"ledger: the school {school} is not in the records"));
        await StoreAsync(findings, cancel);
        await KeysAsync(findings, cancel);
        return findings;
    }

    /// <summary>
    /// The chain against itself and against the ledger, which whoever owns the database does not own: an entry edited, taken out of the
    /// middle or cut off at the end, a chain written anew, a changed detail (field/reliability.md, fault 68).
    /// </summary>
    private async Task ChainAsync(Guid school, SchoolLedger ledger, List<string> findings, CancellationToken cancel)
    {
        var (position, digest) = (0L, Sealer.First(school));
        findings.AddRange(ledger.Damage.Select(damage => $"ledger of {school}: {damage}"));
        if (ledger.MissingAfter() is { } missing) findings.Add($"ledger of {school}: position {missing} was never told");
        var marked = await db.LedgerMarks.Where(row => row.SchoolId == school).MaxAsync(row => (long?)row.Position, cancel) ?? 0;
        if (ledger.Head < marked) findings.Add($"ledger of {school}: it ends at position {ledger.Head}, and position {marked} was told");
        var forgotten = new ForgottenEntries(db, school);
        var bridges = await db.AuditBridges.AsNoTracking().Where(row => row.SchoolId == school).ToDictionaryAsync(row => row.AfterPosition, cancel);
        while (true)
        {
            var page = await db.AuditSeals.AsNoTracking().Where(seal => seal.SchoolId == school && seal.Position > position)
                .OrderBy(seal => seal.Position).Take(5000)
                .LeftJoin(db.AuditEntries, seal => seal.EntryId, entry => entry.Id, (seal, entry) => new { seal, entry })
                .OrderBy(row => row.seal.Position).ToListAsync(cancel);
            if (page.Count == 0) break;
            foreach (var row in page)
            {
                if (row.seal.Position > position + 1 && bridges.TryGetValue(position, out var bridge)) (position, digest) = (bridge.Position, bridge.Digest);
                if (row.seal.Position != ++position)
                {
                    findings.Add($"audit of {school}: position {position} is missing");
                    return;
                }
                if (row.entry is null)
                {
                    if (await forgotten.WhyNotAsync(position, row.seal.EntryId, ledger.Facts.GetValueOrDefault(position), cancel) is { } why)
                    {
                        findings.Add($"audit of {school}: {why}");
                        return;
                    }
                    // Its time was over; the seal ties what came before to what comes after.
                    digest = row.seal.Digest;
                }
                else
                {
                    digest = Sealer.Chain(digest, position, row.entry);
                    if (!digest.AsSpan().SequenceEqual(row.seal.Digest))
                    {
                        findings.Add($"audit of {school}: entry {row.entry.Id} at position {position} is not what was sealed");
                        return;
                    }
                    if (forgotten.WhyNotBetween(row.entry) is { } why) findings.Add($"audit of {school}: {why}");
                    if (ledger.Facts.TryGetValue(position, out var fact) && !fact.Tells(LedgerFact.Of(position, row.entry)))
                        findings.Add($"ledger of {school}: position {position} tells another thing than entry {row.entry.Id}");
                }
                if (ledger.Heads.TryGetValue(position, out var head) && !digest.AsSpan().SequenceEqual(head))
                {
                    findings.Add($"audit of {school}: the chain up to position {position} is not the one that the ledger was told");
                    return;
                }
            }
        }
        findings.AddRange((await forgotten.CheckAsync(cancel)).Select(why => $"audit of {school}: {why}"));
        if (bridges.TryGetValue(position, out var last)) position = last.Position;
        if (ledger.Head > position) findings.Add($"audit of {school}: it ends at position {position}, and the ledger was told of position {ledger.Head}");
        var unsealed = await db.AuditEntries.CountAsync(entry => entry.SchoolId == school
            && !db.AuditSeals.Any(seal => seal.EntryId == entry.Id) && !db.AuditUnsealed.Any(waiting => waiting.EntryId == entry.Id), cancel);
        if (unsealed > 0) findings.Add($"audit of {school}: {unsealed} entries are neither sealed nor waiting to be");
    }

    private async Task StoreAsync(List<string> findings, CancellationToken cancel)
    {
        var stored = new HashSet<string>();
        await foreach (var entry in blobs.ListAsync(BlobName.Root, cancel)) stored.Add(entry.Name);
        var registered = await db.Objects.AsNoTracking().ToDictionaryAsync(row => row.Name, cancel);
        // The service may be up: what looks wrong is looked at once more by itself.
        foreach (var name in stored.Where(name => !registered.ContainsKey(name)))
            if (await blobs.ExistsAsync(name, cancel) && !await db.Objects.AnyAsync(row => row.Name == name, cancel)) findings.Add($"store: {name} belongs to no photo");
        foreach (var row in registered.Values.Where(row => row.StoredAt is not null && !stored.Contains(row.Name)))
            if (!await blobs.ExistsAsync(row.Name, cancel) && await db.IsWantedAsync(row.Name, cancel)) findings.Add($"store: {row.Name} is missing");
        var tombstoned = await db.Tombstones.Where(row => db.Certificates.Any(certificate => certificate.PhotoId == row.PhotoId))
            .Select(row => row.PhotoId).ToListAsync(cancel);
        var destroyed = tombstoned.Select(photo => BlobName.FolderOf(photo)).ToHashSet();
        findings.AddRange(stored.Where(name => BlobName.TryPhotoOf(name, out var photo) && destroyed.Contains(BlobName.FolderOf(photo)))
            .Select(name => $"store: {name} belongs to a photo with a certificate of deletion"));
    }

    private async Task KeysAsync(List<string> findings, CancellationToken cancel)
    {
        var settled = await db.NowAsync(cancel) - TimeSpan.FromMinutes(2);
        foreach (var of in Enum.GetValues<KeyOf>())
        {
            // Whoever has been there since before the keys were looked at has one by then.
            var needing = await db.NeedingKeys(of).ToListAsync(cancel);
            var held = new HashSet<Guid>();
            KeyEntry? last = null;
            while (await keys.ListAsync(of, DateTimeOffset.MaxValue, last, 1000, cancel) is { Count: > 0 } page)
            {
                var owned = (await db.OwnersOfKeys(of).Where(id => page.Select(key => key.Subject).Contains(id)).ToListAsync(cancel)).ToHashSet();
                // A younger key may belong to what is being written.
                findings.AddRange(page.Where(key => !owned.Contains(key.Subject) && key.CreatedAt < settled).Select(key => $"keys: {key.Subject} is no {Words.Of(of)}'s"));
                held.UnionWith(page.Select(key => key.Subject));
                last = page[^1];
            }
            foreach (var subject in needing.Where(subject => !held.Contains(subject)))
                if (await db.NeedingKeys(of).ContainsAsync(subject, cancel)) findings.Add($"keys: the {Words.Of(of)} {subject} has none");
        }
    }
}
