using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Screening;

/// <summary>Every image is screened by somebody who did not take it, before anybody uses it (P8).</summary>
public sealed class ScreeningDesk(RecordsDb db, PhotoStandings standings, Removals removals, HoldDesk holds)
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
        if (!act.By.Is(Role.Screener)) throw Refusals.RoleMayNot("Only senior leadership can screen pictures.");
        if (photo.Photo.UploadedBy == act.By.StaffId)
            throw new Refusal("own-picture", 403, "Somebody else has to screen a picture that you uploaded.");
        if (decision == ScreeningState.Pending) throw Refusals.Invalid("A picture is accepted or rejected.");

        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToChangeAsync([photoId], cancel);
        await UndoRejectionAsync(photoId, cancel);
        db.ScreeningDecisions.Add(Decision(act, photo, decision, reason));
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

    /// <summary>Screening begins anew, since what was screened has changed; in the caller's transaction.</summary>
    internal void Reset(Act act, PhotoStanding photo) =>
        db.ScreeningDecisions.Add(Decision(act, photo, ScreeningState.Pending, null));

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

    private static ScreeningDecision Decision(Act act, PhotoStanding photo, ScreeningState decision, string? reason) => new()
    {
        Id = Guid.CreateVersion7(),
        SchoolId = act.SchoolId,
        PhotoId = photo.Photo.Id,
        UploadedBy = photo.Photo.UploadedBy,
        Decision = decision,
        Reason = reason,
        DecidedBy = act.By.Person,
    };
}
