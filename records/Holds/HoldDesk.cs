using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Holds;

/// <summary>
/// Concerns and holds (P16). A concern is a hold from its first commit; two different people release a hold. It stands on one photo and
/// holds all of its family, redactions and what they were made from: each shows something of what the others show. Its release is one
/// act for all of them, and shows nothing while another hold stands on any.
/// </summary>
public sealed class HoldDesk(RecordsDb db, PhotoSight sight, KeyStore keys, Removals removals)
{
    /// <summary>Days until the safeguarding lead looks again at a hold that a concern placed.</summary>
    private const int ReviewDays = 28;

    /// <summary>Anyone signed in who can see the photo reports it; from the commit on only the safeguarding lead does.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>invalid</c> 422.</exception>
    public async Task<Concern> RaiseAsync(Act act, Guid photoId, ConcernKind kind, string? note, CancellationToken cancel)
    {
        var photo = await sight.FindAsync(act, photoId, cancel);
        note = Fields.Optional(note, "note", 1000);
        var text = await keys.TextAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone();
        var id = Guid.CreateVersion7();
        var concern = new Concern
        {
            Id = id,
            SchoolId = act.SchoolId,
            PhotoId = photoId,
            Kind = kind,
            Note = note is null ? null : Concern.Sealed(note, text, id),
            RaisedBy = act.By.Person,
        };
        await using var transaction = await db.BeginAsync(cancel);
        var family = await LockLivingAsync(photoId, cancel);
        db.Concerns.Add(concern);
        var hold = Place(act, photoId, $"concern: {Words.Of(kind)}", text, photo.Today.AddDays(ReviewDays), concern.Id);
        await FollowAsync(act, family, cancel);
        act.Answers(201, concern.Id, photoId);
        await db.CommitAsync(act, cancel,
            new AuditEvent("concern.raised", photoId, "concern", concern.Id.ToString(), new { kind = Words.Of(kind) }),
            new AuditEvent("hold.placed", photoId, "hold", hold.Id.ToString()));
        return concern;
    }

    /// <summary>The safeguarding lead locks a photo, whether or not anybody reported it.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>invalid</c> 422 · <c>gone</c> 410.</exception>
    public async Task<Hold> PlaceAsync(Act act, Guid photoId, string reason, DateOnly reviewOn, CancellationToken cancel)
    {
        var photo = await sight.FindForSafeguardingAsync(act, photoId, cancel);
        reason = Fields.Needed(reason, "reason", 1000);
        if (reviewOn < photo.Today) throw Refusals.Invalid("The day on which the hold is looked at again cannot be in the past.");
        var text = await keys.TextAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone();
        await using var transaction = await db.BeginAsync(cancel);
        var family = await LockLivingAsync(photoId, cancel);
        var hold = Place(act, photoId, reason, text, reviewOn, null);
        await FollowAsync(act, family, cancel);
        act.Answers(201, hold.Id, photoId);
        await db.CommitAsync(act, cancel, new AuditEvent("hold.placed", photoId, "hold", hold.Id.ToString()));
        return hold;
    }

    /// <summary>
    /// The first person asks for the release, a second one grants it; then the photo's own deadlines count again.
    /// </summary>
    /// <returns>True once released; false while it waits for the second person.</returns>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>second-person-needed</c> 409 · <c>hold-released</c> 409.</exception>
    public async Task<bool> ReleaseAsync(Act act, Guid holdId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var photoId = await db.Holds.Where(row => row.Id == holdId && row.SchoolId == act.SchoolId)
            .Select(row => (Guid?)row.PhotoId).SingleOrDefaultAsync(cancel) ?? throw Refusals.NotFound("hold");
        Rights.ReleaseHold.Must(act.By);
        var family = await db.LockFamiliesToChangeAsync([photoId], cancel);
        var hold = await db.Holds.SingleAsync(row => row.Id == holdId, cancel);
        if (hold.ReleasedAt is not null) throw new Refusal("hold-released", 409, "This hold has been released already.");
        if (hold.ReleaseAskedBy == act.By.StaffId)
        {
            await db.CommitAsync(act with { Request = null }, cancel, new AuditEvent("hold.release-refused", photoId, "hold", hold.Id.ToString()));
            throw new Refusal("second-person-needed", 409, "A second person has to agree before this hold is released.");
        }

        var now = await db.NowAsync(cancel);
        var first = hold.ReleaseAskedBy is null;
        if (first) (hold.ReleaseAskedBy, hold.ReleaseAskedAt) = (act.By.Person, now);
        else (hold.ReleasedBy, hold.ReleasedAt) = (act.By.Person, now);
        if (!first) await FollowAsync(act, family, cancel);
        act.Answers(first ? 202 : 200, hold.Id, photoId);
        await db.CommitAsync(act, cancel, new AuditEvent(first ? "hold.release-asked" : "hold.released", photoId, "hold", hold.Id.ToString()));
        return !first;
    }

    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public async Task<bool> IsReleasedAsync(Act act, Guid holdId, CancellationToken cancel)
    {
        Rights.ReleaseHold.Must(act.By);
        return (await db.Holds.AsNoTracking().SingleOrDefaultAsync(row => row.Id == holdId && row.SchoolId == act.SchoolId, cancel)
            ?? throw Refusals.NotFound("hold")).ReleasedAt is not null;
    }

    /// <summary>Places a hold in the caller's transaction.</summary>
    internal Hold Place(Act act, Guid photoId, string reason, TextKey text, DateOnly reviewOn, Guid? concern)
    {
        // A concern is its hold: whoever knows one id knows both.
        var id = concern ?? Guid.CreateVersion7();
        var hold = new Hold
        {
            Id = id,
            SchoolId = act.SchoolId,
            PhotoId = photoId,
            ConcernId = concern,
            Reason = Hold.Sealed(reason, text, id),
            ReviewOn = reviewOn,
            PlacedBy = act.By.Person,
        };
        db.Holds.Add(hold);
        return hold;
    }

    /// <summary>Hold wins up to the tombstone's commit; after it there is nothing left to hold.</summary>
    /// <returns>The photo and its family.</returns>
    private async Task<IReadOnlyList<Guid>> LockLivingAsync(Guid photoId, CancellationToken cancel)
    {
        var family = await db.LockFamiliesToChangeAsync([photoId], cancel);
        if (await db.Tombstones.AnyAsync(row => row.PhotoId == photoId, cancel)) throw Refusals.Gone();
        return family;
    }

    private async Task FollowAsync(Act act, IReadOnlyList<Guid> family, CancellationToken cancel)
    {
        await db.NotePhotosAsync(family, cancel);
        await removals.FollowAsync(act, family, cancel);
        // An order that waited for the hold is due again at once; a photo that was not rendered while held is rendered now.
        await db.Database.ExecuteSqlAsync($"""
            update work set due_at = now() where kind = {WorkKinds.Remove} and subject in (select id from removals where photo_id = any({family.ToArray()}))
            """, cancel);
        foreach (var photo in family) await WorkQueue.EnqueueAsync(db, act.SchoolId, WorkKinds.Render, photo, cancel);
    }
}
