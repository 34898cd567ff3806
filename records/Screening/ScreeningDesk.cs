using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Screening;

/// <summary>Every image is screened by somebody who did not take it, before anybody uses it (P8).</summary>
public sealed class ScreeningDesk(RecordsDb db, PhotoStandings standings, PhotoSight sight, Removals removals, HoldDesk holds)
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
        if (!act.By.Is(Role.Screener))
        {
            // Whoever has no need to know is not told that it is there.
            await sight.FindAsync(act, photoId, cancel);
            throw Refusals.RoleMayNot("Only senior leadership can screen pictures.");
        }
        if (photo.Photo.DeleteAfter <= photo.Now) throw Refusals.Gone();
        if (photo.Photo.UploadedBy == act.By.StaffId)
            throw new Refusal("own-picture", 403, "Somebody else has to screen a picture that you uploaded.");
        if (decision == ScreeningState.Pending) throw Refusals.Invalid("A picture is accepted or rejected.");
        reason = Fields.Optional(reason, "reason", 500);

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToChangeAsync([photoId], cancel);
        // A concern that this waited for came before it.
        if (await db.Holds.AnyAsync(row => row.PhotoId == photoId && row.ReleasedAt == null, cancel)) throw Refusals.NotFound("picture");
        await UndoRejectionAsync(photoId, cancel);
        db.ScreeningDecisions.Add(await DecisionAsync(act, photo, decision, reason, cancel));
        var events = new List<AuditEvent> { new("photo.screened", photoId, Details: new { decision = Words.Of(decision) }) };
        if (decision == ScreeningState.Rejected)
        {
            if (reason == Safeguarding)
            {
                var hold = holds.Place(act, photoId, "screening: safeguarding", photo.Today.AddDays(28), null);
                events.Add(new("hold.placed", photoId, "hold", hold.Id.ToString()));
            }
            else
            {
                await RejectAsync(act, photoId, cancel);
            }
        }
        await db.SaveChangesAsync(cancel);
        await db.NotePhotosAsync([photoId], cancel);
        await removals.FollowAsync(act, [photoId], cancel);
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
            db.ScreeningDecisions.Add(await DecisionAsync(act, photo, ScreeningState.Pending, null, cancel));
    }

    /// <summary>Takes back a rejection that has not destroyed anything yet.</summary>
    private async Task UndoRejectionAsync(Guid photoId, CancellationToken cancel)
    {
        var order = await db.Removals.SingleOrDefaultAsync(
            row => row.PhotoId == photoId && row.Place == RemovalPlace.Store && row.CancelledAt == null, cancel);
        if (order is null) return;
        if (order.Cause != RemovalCause.Rejected || order.TombstonedAt is not null) throw Refusals.Gone();
        var now = await db.NowAsync(cancel);
        if (order.NotBefore <= now) throw Refusals.Gone();
        order.CancelledAt = now;
        await db.SaveChangesAsync(cancel);
    }

    private async Task RejectAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        await db.SaveChangesAsync(cancel);
        var undo = await db.PolicySwitches.Where(row => row.SchoolId == act.SchoolId).Select(row => row.RejectionUndoSeconds).SingleAsync(cancel);
        await removals.OpenAsync(act, [photoId], RemovalCause.Rejected, (await db.NowAsync(cancel)).AddSeconds(undo), cancel);
    }

    /// <summary>At this very moment, not at the transaction's start: the order of decisions is that in which they got the lock.</summary>
    private async Task<ScreeningDecision> DecisionAsync(
        Act act, PhotoStanding photo, ScreeningState decision, string? reason, CancellationToken cancel) => new()
    {
        Id = Guid.CreateVersion7(),
        SchoolId = act.SchoolId,
        PhotoId = photo.Photo.Id,
        UploadedBy = photo.Photo.UploadedBy,
        Decision = decision,
        Reason = reason,
        DecidedBy = act.By.Person,
        DecidedAt = await db.ClockAsync(cancel),
    };
}
