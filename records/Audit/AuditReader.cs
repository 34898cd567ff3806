using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Audit;

/// <summary>An entry at its place in the school's chain.</summary>
/// <param name="Entry">Null where its time was over: the seal stays.</param>
public sealed record SealedEntry(AuditSeal Seal, AuditEntry? Entry);

/// <summary>Reads a school's chain.</summary>
public sealed class AuditReader(RecordsDb db, ReadLog reads)
{
    /// <summary>
    /// Sealed entries in the order of the chain. That they were read is written down itself, but for a program that asks whether there is anything
    /// new and finds only its own asking. The ICT lead reads who looked, and not at whom: those digests only the head, the safeguarding lead and
    /// <c>verify</c> can compute again.
    /// </summary>
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
        if (rows.Exists(row => row.entry?.Event != "audit.read")) await reads.AuditReadAsync(act, after, rows.Count, cancel);
        var all = Rights.SeeAuditSubjects.Allows(act.By);
        return [.. rows.Select(row => new SealedEntry(row.seal, all ? row.entry : WithoutWhom(row.entry))).OrderBy(row => row.Seal.Position)];
    }

    private static AuditEntry? WithoutWhom(AuditEntry? entry) => entry is null || !AccessLog.Looks.Contains(entry.Event) ? entry : new()
    {
        Id = entry.Id, SchoolId = entry.SchoolId, At = entry.At, Event = entry.Event,
        ActorKind = entry.ActorKind, ActorId = entry.ActorId, TokenId = entry.TokenId, DeviceId = entry.DeviceId,
    };
}
