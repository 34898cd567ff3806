using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>Who is in a photo, what it shows, and taking it back.</summary>
public sealed class PhotoLinks(
    RecordsDb db, PhotoSight sight, PhotoStandings standings, KeyStore keys, ScreeningDesk screening, Removals removals)
{
    private const int MostPupils = 2000;

    /// <summary>
    /// Says exactly who is in the photo. Until <paramref name="nobodyElse"/> is said, nothing is cleared. Taking a pupil out after
    /// screening sets screening back to pending. Who is named anew may be recognisable in what was made from the photo: until somebody
    /// says who is in that, and it is screened again, that is cleared nowhere.
    /// </summary>
    /// <param name="misIds">The school's pseudonyms of the pupils.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>unknown-pupil</c>, <c>invalid</c> 422.</exception>
    public async Task LinkAsync(Act act, Guid photoId, IReadOnlyCollection<string> misIds, bool nobodyElse, CancellationToken cancel)
    {
        var photo = await sight.FindAsync(act, photoId, cancel);
        Rights.NamePupils.Must(act.By, PhotoSight.RelationTo(act.By, photo.Photo));
        var wanted = misIds.Distinct().ToArray();
        if (wanted.Length > MostPupils) throw Refusals.Invalid($"'pupils' is too long: at most {MostPupils} of them.");
        var pupils = await db.Pupils.Where(row => row.SchoolId == act.SchoolId && wanted.Contains(row.MisId)).Select(row => row.Id).ToListAsync(cancel);
        if (pupils.Count != wanted.Length)
            throw new Refusal("unknown-pupil", 422, "One of the pupils is not in this school's records. Please check the list.");

        await using var transaction = await db.BeginAsync(cancel);
        // A no of any of them, and this link, happen one after the other: whichever comes second sees the first.
        await db.LockPupilsToRelyAsync([.. pupils.Union(photo.Pupils.Select(pupil => pupil.Id))], cancel);
        await db.LockFamiliesToChangeAsync([photoId], cancel);
        // Not the transaction's start: a no that this link waited for came before it.
        var taggedAt = await db.ClockAsync(cancel);
        var row = await db.Photos.SingleOrDefaultAsync(item => item.Id == photoId, cancel) ?? throw Refusals.Gone();
        var before = await db.PhotoPupils.Where(tag => tag.PhotoId == photoId).ToListAsync(cancel);
        var takenOut = before.Where(tag => !pupils.Contains(tag.PupilId)).ToList();
        var added = pupils.Except(before.Select(tag => tag.PupilId)).ToList();

        db.PhotoPupils.RemoveRange(takenOut);
        db.PhotoPupils.AddRange(added.Select(pupil => new PhotoPupil
        {
            PhotoId = photoId,
            PupilId = pupil,
            SchoolId = act.SchoolId,
            TaggedBy = act.By.Person,
            TaggedAt = taggedAt,
        }));
        row.NobodyElse = nobodyElse;
        if (takenOut.Count > 0 && pupils.Count == 0) row.UntaggedAt = await db.NowAsync(cancel);
        if (takenOut.Count > 0) await screening.ResetAsync(act, photo, cancel);
        var made = added.Count > 0 ? await DoubtRedactionsAsync(act, photoId, cancel) : [];
        await db.SaveChangesAsync(cancel);
        await db.NotePhotosAsync([photoId, .. made], cancel);
        await removals.FollowAsync(act, [photoId, .. made], cancel);
        act.Answers(200, photoId, photoId);
        await db.CommitAsync(act, cancel, new AuditEvent(
            "photo.linked", photoId, Details: new { added, takenOut = takenOut.Select(tag => tag.PupilId), nobodyElse }));
    }

    /// <summary>A text for people who cannot see the picture.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>invalid</c> 422.</exception>
    public async Task DescribeAsync(Act act, Guid photoId, string? alt, CancellationToken cancel)
    {
        var photo = await sight.FindAsync(act, photoId, cancel);
        Rights.DescribePhoto.Must(act.By, PhotoSight.RelationTo(act.By, photo.Photo));
        alt = Fields.Optional(alt, "alt", 500);
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToChangeAsync([photoId], cancel);
        var row = await db.Photos.SingleOrDefaultAsync(item => item.Id == photoId, cancel) ?? throw Refusals.Gone();
        row.Describe(alt, await keys.TextAsync(act.SchoolId, photoId, cancel) ?? throw Refusals.Gone());
        await db.NotePhotosAsync([photoId], cancel);
        act.Answers(200, photoId, photoId);
        await db.CommitAsync(act, cancel, new AuditEvent("photo.described", photoId));
    }

    /// <summary>The uploader takes a photo back, as long as nobody has screened it.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403 · <c>screened-already</c> 409.</exception>
    public async Task TakeBackAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        var photo = await sight.FindAsync(act, photoId, cancel);
        Rights.TakeBackPhoto.Must(act.By, PhotoSight.RelationTo(act.By, photo.Photo));
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockFamiliesToChangeAsync([photoId], cancel);
        if (await db.ScreeningDecisions.AnyAsync(row => row.PhotoId == photoId && row.Decision != ScreeningState.Pending, cancel))
            throw new Refusal("screened-already", 409, "This picture has been screened. Ask the office or the head to delete it.");
        await removals.OpenAsync(act, [photoId], RemovalCause.WithdrawnByUploader, null, cancel);
        act.Answers(202, photoId, photoId);
        await db.CommitAsync(act, cancel, new AuditEvent("photo.taken-back", photoId));
    }

    /// <summary>Somebody asked for erasure (UK GDPR Art 17): not served from this commit on, destroyed as soon as may be.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403.</exception>
    public async Task EraseAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        await sight.FindAsync(act, photoId, cancel);
        Rights.ErasePhoto.Must(act.By);
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockFamiliesToChangeAsync([photoId], cancel);
        await removals.OpenAsync(act, [photoId], RemovalCause.Erasure, null, cancel);
        act.Answers(202, photoId, photoId);
        await db.CommitAsync(act, cancel, new AuditEvent("photo.erasure-asked", photoId));
    }

    /// <summary>In the caller's transaction, which holds the family's locks.</summary>
    /// <returns>What was made from the photo.</returns>
    private async Task<IReadOnlyList<Guid>> DoubtRedactionsAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        var made = await db.MadeFromAsync([photoId], cancel);
        await db.Redactions.Where(row => row.MadeAt == null && (row.SourceId == photoId || made.Contains(row.SourceId)))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.NobodyElse, false), cancel);
        foreach (var photo in (await standings.ReadAsync(act.SchoolId, made, cancel)).Values)
        {
            var row = await db.Photos.SingleAsync(item => item.Id == photo.Photo.Id, cancel);
            row.NobodyElse = false;
            // The time to say who is in it begins anew.
            if (photo.Pupils.Count == 0) row.UntaggedAt = photo.Now;
            await screening.ResetAsync(act, photo, cancel);
        }
        return made;
    }
}
