using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Photos;

/// <summary>Redactions as a worker finds them, and what becomes of those that cannot be made. Only the holder of the claim ends one.</summary>
public sealed class RedactionWork(RecordsDb db, KeyStore keys)
{
    /// <summary>The redaction to be made; null once it is made, failed, or came to nothing.</summary>
    /// <exception cref="Refusal"><c>gone</c> 410: nobody can read any more where the boxes are.</exception>
    public async Task<Redaction?> FindAsync(Guid redaction, CancellationToken cancel)
    {
        var found = await db.Redactions.AsNoTracking()
            .SingleOrDefaultAsync(row => row.PhotoId == redaction && row.MadeAt == null && row.Failed == null, cancel);
        found?.Open(await keys.TextAsync(found.SchoolId, found.KeyOwner, cancel));
        return found?.Areas.Count == 0 ? throw Refusals.Gone() : found;
    }

    /// <summary>The source is held, hidden or gone: the request comes to nothing, and where the boxes were is forgotten.</summary>
    public async Task DropAsync(WorkItem claim, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using (await db.BeginAsync(cancel))
        {
            if (await db.Database.ExecuteSqlAsync($"delete from work where id = {claim.Id} and fence = {claim.Fence}", cancel) == 0) return;
            var events = new List<AuditEvent>();
            if (await LockAsync(claim.Subject, cancel) is { } redaction)
            {
                db.Redactions.Remove(redaction);
                events.Add(Dropped(redaction));
            }
            await db.CommitAsync(Act.OfSystem(claim.SchoolId), cancel, [.. events]);
        }
        await ForgetKeyAsync(claim.Subject, cancel);
    }

    /// <summary>It will never be made: whoever asked can see why. Where the boxes were is forgotten.</summary>
    /// <param name="reason">A word of ours.</param>
    /// <param name="setAside">Somebody has to look: the work stays, given up, with this told to the ICT lead; null: nobody has to.</param>
    public async Task FailAsync(WorkItem claim, string reason, string? setAside, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using (await db.BeginAsync(cancel))
        {
            var mine = setAside is null
                ? await db.Database.ExecuteSqlAsync($"delete from work where id = {claim.Id} and fence = {claim.Fence}", cancel)
                : await db.Database.ExecuteSqlAsync($"""
                    update work set lease_until = null, locked_by = null, last_error = {setAside}, stuck_at = now()
                    where id = {claim.Id} and fence = {claim.Fence}
                    """, cancel);
            if (mine == 0) return;
            var events = new List<AuditEvent>();
            if (await LockAsync(claim.Subject, cancel) is { } redaction)
            {
                redaction.Fail(reason);
                events.Add(new("photo.redaction-failed", redaction.SourceId, "redaction", redaction.PhotoId.ToString(), new { reason }));
            }
            await db.CommitAsync(Act.OfSystem(claim.SchoolId), cancel, [.. events]);
        }
        await ForgetKeyAsync(claim.Subject, cancel);
    }

    /// <summary>Queues every redaction that is still to be made and has no work row (law 5).</summary>
    public Task<int> QueueAsync(CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into work (school_id, kind, subject)
        select school_id, {WorkKinds.Redact}, photo_id from redactions where made_at is null and failed is null
        on conflict (kind, subject) do nothing
        """, cancel);

    /// <summary>
    /// In the transaction that scrubs the rows of destroyed photos: forgets what they were made from and what was still to be made from
    /// them. What was made from one lives on, as made from what that was made from itself, so that what befalls that goes on reaching it.
    /// </summary>
    internal static async Task ForgetAsync(RecordsDb db, Guid[] destroyed, CancellationToken cancel)
    {
        // Up through all that are destroyed together.
        await db.Database.ExecuteSqlAsync($"""
            with recursive up (photo_id, source_id) as (
              select photo_id, source_id from redactions
              where source_id = any({destroyed}) and photo_id <> all({destroyed}) and made_at is not null
              union all
              select up.photo_id, own.source_id from up join redactions own on own.photo_id = up.source_id where up.source_id = any({destroyed}))
            update redactions set source_id = up.source_id from up
            where redactions.photo_id = up.photo_id and redactions.source_id <> up.source_id
              and not exists (select 1 from redactions own where own.photo_id = up.source_id and own.photo_id = any({destroyed}))
            """, cancel);
        await db.Database.ExecuteSqlAsync($"""
            with gone as (
              delete from redactions where photo_id = any({destroyed}) or (source_id = any({destroyed}) and made_at is null) returning *),
            unqueued as (delete from work using gone where work.kind = {WorkKinds.Redact} and work.subject = gone.photo_id)
            insert into audit_entries (school_id, event, actor_kind, photo_id, subject_kind, subject_id)
            select school_id, 'photo.redaction-dropped', {Words.Of(ActorKind.System)}, source_id, 'redaction', photo_id::text
            from gone where made_at is null and failed is null
            """, cancel);
    }

    /// <summary>The row of one that is still to be made, locked until the transaction ends.</summary>
    public Task<Redaction?> LockAsync(Guid redaction, CancellationToken cancel) => db.Redactions.FromSql(
        $"select * from redactions where photo_id = {redaction} and made_at is null and failed is null for update").SingleOrDefaultAsync(cancel);

    /// <summary>No photo will have this key. Where this fails, the sweep of keys without a photo does it.</summary>
    private async Task ForgetKeyAsync(Guid photo, CancellationToken cancel)
    {
        if (!await db.Photos.AnyAsync(row => row.Id == photo, cancel)) await keys.DestroyAsync(photo, cancel);
    }

    private static AuditEvent Dropped(Redaction redaction) =>
        new("photo.redaction-dropped", redaction.SourceId, "redaction", redaction.PhotoId.ToString());
}
