using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Audit;

/// <summary>An entry at its place in the school's chain.</summary>
/// <param name="Entry">Null where its time was over: the seal stays.</param>
public sealed record SealedEntry(AuditSeal Seal, AuditEntry? Entry);

/// <summary>Reads a school's chain.</summary>
public sealed class AuditReader(RecordsDb db)
{
    /// <summary>Sealed entries in the order of the chain.</summary>
    /// <param name="after">The last position known; 0 for the beginning.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<List<SealedEntry>> ReadAsync(Act act, long after, int limit, CancellationToken cancel)
    {
        Rights.ReadAudit.Must(act.By);
        var rows = await db.AuditSeals.AsNoTracking()
            .Where(seal => seal.SchoolId == act.SchoolId && seal.Position > after)
            .OrderBy(seal => seal.Position).Take(limit)
            .LeftJoin(db.AuditEntries.AsNoTracking(), seal => seal.EntryId, entry => entry.Id, (seal, entry) => new { seal, entry })
            .ToListAsync(cancel);
        return [.. rows.Select(row => new SealedEntry(row.seal, row.entry)).OrderBy(row => row.Seal.Position)];
    }
}
