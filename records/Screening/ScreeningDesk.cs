using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Screening;

/// <summary>Every image is screened by somebody who did not take it, before anybody uses it (P8).</summary>
public sealed class ScreeningDesk(RecordsDb db, PhotoStandings standings, PhotoSight sight, KeyStore keys, Removals removals, HoldDesk holds)
{
    /// <summary>The reason that places a hold instead of destroying (P16).</summary>
    public const string Safeguarding = "safeguarding";

    /// <summary>
    /// Accepts or rejects. A rejection hides at once and destroys after the undo time; accepting within it takes it back.
    /// Rejected for safeguarding, the picture is held instead and seen by the safeguarding lead alone.
    /// </summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>own-picture</c> 403 ·
    /// <c>invalid</c> 422.</exception>
    public async Task DecideAsync(Act act, Guid photoId, ScreeningState decision, string? reason, CancellationToken cancel)
    {
        var photo = await standings.FindAsync(act.SchoolId, photoId, cancel)
            ?? throw (await db.Tombstones.AnyAsync(row => row.PhotoId == photoId && row.SchoolId == act.SchoolId, cancel)
                ? Refusals.Gone()
                : Refusals.NotFound("picture"));
        if (photo.Facts.Held) throw Refusals.NotFound("picture");
        if (!Rights.ScreenPhoto.Allows(act.By))
        {
            // Whoever has no need to know is not told that it is there.
            await sight.FindAsync(act, photoId, cancel);
            throw Rights.ScreenPhoto.Refused();
        }
        if (photo.Photo.DeleteAfter <= photo.Now) throw Refusals.Gone();
        Rights.ScreenPhoto.Must(act.By, PhotoSight.RelationTo(act.By, photo.Photo));
        if (decision == ScreeningState.Pending) throw Refusals.Invalid("A picture is accepted or rejected.");
        reason = Fields.Optional(reason, "reason", 500);

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockFamiliesToChangeAsync([photoId], cancel);
        // A concern that this waited for came before it.
        if (await db.IsHeldAsync(photoId, cancel)) throw Refusals.NotFound("picture");
        var undone = await UndoRejectionAsync(photoId, cancel);
        var text = await keys.TextAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone();
        db.ScreeningDecisions.Add(await DecisionAsync(act, photo, decision, id => reason is null ? null : ScreeningDecision.Sealed(reason, text, id), cancel));
        var events = new List<AuditEvent> { new("photo.screened", photoId, Details: new { decision = Words.Of(decision) }) };
        var held = decision == ScreeningState.Rejected && reason == Safeguarding;
        if (decision == ScreeningState.Rejected)
        {
            if (held)
            {
                var hold = holds.Place(act, photoId, "screening: safeguarding", text, photo.Today.AddDays(28), null);
                events.Add(new("hold.placed", photoId, "hold", hold.Id.ToString()));
            }
            else
            {
                await RejectAsync(act, photoId, cancel);
            }
        }
        await db.SaveChangesAsync(cancel);
        IReadOnlyList<Guid> changed = held ? await db.LockFamiliesToChangeAsync([photoId], cancel) : [photoId, .. undone];
        await db.NotePhotosAsync(changed, cancel);
        await removals.FollowAsync(act, changed, cancel);
        act.Answers(200, photoId, photoId);
        await db.CommitAsync(act, cancel, [.. events]);
    }

    /// <summary>
    /// Screening begins anew where the photo was accepted, since what was screened has changed. In the caller's transaction, which
    /// holds the photo's lock: a decision that it waited for counts.
    /// </summary>
    internal async Task ResetAsync(Act act, PhotoStanding photo, CancellationToken cancel)
    {
        var latest = await db.ScreeningDecisions.AsNoTracking().Where(row => row.PhotoId == photo.Photo.Id)
            .OrderByDescending(row => row.DecidedAt).ThenByDescending(row => row.Id).FirstOrDefaultAsync(cancel);
        if (latest?.Decision == ScreeningState.Accepted)
            db.ScreeningDecisions.Add(await DecisionAsync(act, photo, ScreeningState.Pending, _ => null, cancel));
    }

    /// <summary>Takes back a rejection that has not destroyed anything yet.</summary>
    /// <returns>What was made from the photo and is let off with it.</returns>
    private async Task<IReadOnlyList<Guid>> UndoRejectionAsync(Guid photoId, CancellationToken cancel)
    {
        // What goes with its source is let off with that alone.
        var sources = await db.SourcesAsync(photoId, cancel);
        var reaching = Enum.GetValues<RemovalCause>().Where(cause => cause.ReachesRedactions()).ToArray();
        if (await db.Removals.AnyAsync(row => sources.Contains(row.PhotoId) && row.Place == RemovalPlace.Store && row.CancelledAt == null
            && reaching.Contains(row.Cause), cancel)) throw Refusals.Gone();

        var order = await db.Removals.SingleOrDefaultAsync(
            row => row.PhotoId == photoId && row.Place == RemovalPlace.Store && row.CancelledAt == null, cancel);
        if (order is null) return [];
        if (order.Cause != RemovalCause.Rejected || order.TombstonedAt is not null) throw Refusals.Gone();
        var now = await db.NowAsync(cancel);
        if (order.NotBefore <= now) throw Refusals.Gone();
        order.CancelledAt = now;
        await db.SaveChangesAsync(cancel);
        return await LetOffAsync(photoId, cancel);
    }

    /// <summary>What was made from a photo whose rejection is taken back, but for what was itself rejected and what is below that.</summary>
    private Task<List<Guid>> LetOffAsync(Guid photoId, CancellationToken cancel) => db.Database.SqlQuery<Guid>($"""
        with recursive below (id) as (
          select {photoId}
          union
          select photo_id from redactions join below on source_id = below.id where 'rejected' is distinct from (
            select decision from screening_decisions where photo_id = redactions.photo_id order by decided_at desc, id desc limit 1))
        update removals set cancelled_at = now() from below
        where photo_id = below.id and place = 'store' and cause = 'rejected' and cancelled_at is null and tombstoned_at is null
        returning photo_id as "Value"
        """).ToListAsync(cancel);

    private async Task RejectAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        var undo = await db.PolicySwitches.Where(row => row.SchoolId == act.SchoolId).Select(row => row.RejectionUndoSeconds).SingleAsync(cancel);
        await removals.OpenAsync(act, [photoId], RemovalCause.Rejected, (await db.NowAsync(cancel)).AddSeconds(undo), cancel);
    }

    /// <summary>At this very moment, not at the transaction's start: the order of decisions is that in which they got the lock.</summary>
    private async Task<ScreeningDecision> DecisionAsync(
        Act act, PhotoStanding photo, ScreeningState decision, Func<Guid, SealedText?> reason, CancellationToken cancel)
    {
        var id = Guid.CreateVersion7();
        return new()
        {
            Id = id,
            SchoolId = act.SchoolId,
            PhotoId = photo.Photo.Id,
            UploadedBy = photo.Photo.UploadedBy,
            Decision = decision,
            Reason = reason(id),
            DecidedBy = act.By.Person,
            DecidedAt = await db.ClockAsync(cancel),
        };
    }
}
