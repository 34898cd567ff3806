using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Ledger;

/// <summary>
/// Tells the ledger, outside the database, what was sealed: the facts that must outlive the records, and the chain's head. Told twice
/// does no harm; a position is marked as told only when its line is durable.
/// </summary>
public sealed class LedgerExport(RecordsDb db, PhotoGuardSettings settings)
{
    private const int Batch = 5000;

    /// <summary>Tells what any node has sealed and none has told.</summary>
    /// <exception cref="IOException">The ledger cannot be written now; nothing is marked.</exception>
    public async Task TellAsync(CancellationToken cancel)
    {
        foreach (var school in await BehindAsync(cancel))
            while (await TellBatchAsync(school, cancel)) { }
    }

    private Task<List<Guid>> BehindAsync(CancellationToken cancel) => db.Database.SqlQuery<Guid>($"""
        select id as "Value" from schools where exists (
          select from audit_seals where school_id = schools.id
            and position > coalesce((select max(position) from ledger_marks where school_id = schools.id), 0))
        """).ToListAsync(cancel);

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> TellBatchAsync(Guid school, CancellationToken cancel)
    {
        var told = (await db.Database.SqlQuery<long>(
            $"select coalesce(max(position), 0) as \"Value\" from ledger_marks where school_id = {school}").ToListAsync(cancel))[0];
        var rows = await db.AuditSeals.AsNoTracking().Where(seal => seal.SchoolId == school && seal.Position > told)
            .OrderBy(seal => seal.Position).Take(Batch)
            // Where a lost ledger is told anew, entries whose time is over are gone: their seals still say where the chain was.
            .LeftJoin(db.AuditEntries.AsNoTracking(), seal => seal.EntryId, entry => entry.Id, (seal, entry) => new { seal.Position, seal.Digest, entry })
            .OrderBy(row => row.Position).ToListAsync(cancel);
        if (rows.Count == 0) return false;
        var facts = rows.Where(row => row.entry is not null && LedgerEvents.Holds(row.entry)).Select(row => LedgerFact.Of(row.Position, row.entry!)).ToList();
        var head = new LedgerHead(school, told + 1, rows[^1].Position, Convert.ToHexStringLower(rows[^1].Digest), LedgerHead.DigestOf(facts));
        LedgerFile.Append(settings.LedgerFile, [.. facts, head]);
        await db.Database.ExecuteSqlAsync($"""
            insert into ledger_marks (school_id, node, position) values ({school}, {settings.Node}, {head.To})
            on conflict (school_id, node) do update set position = greatest(ledger_marks.position, excluded.position)
            """, cancel);
        return rows.Count == Batch;
    }
}
