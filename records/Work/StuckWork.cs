using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Work;

/// <summary>What a person does about work that is set aside.</summary>
public sealed class StuckWork(RecordsDb db)
{
    /// <summary>Queues it again now. A picture that took decoders with it gets one more chance, not three.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task TryAgainAsync(Act act, long id, CancellationToken cancel)
    {
        Rights.SeeHowItRuns.Must(act.By);
        await using var transaction = await db.BeginAsync(cancel);
        var item = await db.Work.FromSql($"""
            update work set stuck_at = null, retry_at = null, attempts = 0, crashes = 0, due_at = now(),
              losses = least(losses, {WorkQueue.LossesBeforeStuck - 1})
            where id = {id} and school_id = {act.SchoolId} and stuck_at is not null
            returning *
            """).AsNoTracking().ToListAsync(cancel) is [var one] ? one : throw Refusals.NotFound("work that is set aside");
        var photo = await db.Photos.AnyAsync(row => row.Id == item.Subject, cancel) ? item.Subject : (Guid?)null;
        await db.CommitAsync(act, cancel, new AuditEvent(
            "work.retried", photo, SubjectKind: "work", SubjectId: $"{item.Id}", Details: new { work = item.Kind }));
    }
}
