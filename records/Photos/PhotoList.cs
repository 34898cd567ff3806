using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>Photos that the actor may know of, in the order they were received.</summary>
public sealed class PhotoList(RecordsDb db, PhotoSight sight, PhotoStandings standings)
{
    private const int Chunk = 200;

    /// <param name="after">The id after which the list goes on.</param>
    /// <param name="limit">Most photos to give, 1 or more.</param>
    public async Task<IReadOnlyList<PhotoStanding>> ReadAsync(
        Act act, Guid? activity, ScreeningState? screening, Guid? after, int limit, CancellationToken cancel)
    {
        var classes = await sight.ClassesAsync(act, cancel);
        var found = new List<PhotoStanding>();
        while (found.Count < limit)
        {
            var ids = await CandidatesAsync(act, classes, activity, screening, after, cancel);
            if (ids.Count == 0) break;
            var photos = await standings.ReadAsync(act.SchoolId, ids, cancel);
            found.AddRange(ids.Where(photos.ContainsKey).Select(id => photos[id]).Where(photo =>
                (screening is null || (photo.Facts.Screening?.Decision ?? ScreeningState.Pending) == screening)
                && PhotoSight.MaySee(act.By, classes, photo)));
            after = ids[^1];
        }
        return [.. found.Take(limit)];
    }

    /// <summary>By id, whatever SQL can say of need to know; <see cref="PhotoSight"/> decides.</summary>
    private Task<List<Guid>> CandidatesAsync(
        Act act, IReadOnlyCollection<string> classes, Guid? activity, ScreeningState? screening, Guid? after, CancellationToken cancel)
    {
        var photos = db.Photos.AsNoTracking().Where(row => row.SchoolId == act.SchoolId);
        if (activity is not null) photos = photos.Where(row => row.ActivityId == activity);
        if (screening is { } state)
        {
            photos = photos.Where(row => state == (db.ScreeningDecisions.Where(decision => decision.PhotoId == row.Id)
                .OrderByDescending(decision => decision.DecidedAt).ThenByDescending(decision => decision.Id)
                .Select(decision => (ScreeningState?)decision.Decision).FirstOrDefault() ?? ScreeningState.Pending));
        }
        if (after is not null) photos = photos.Where(row => row.Id > after);
        if (!Rights.KnowPhoto.Asks(act.By, Relation.School) && !Rights.KnowPhoto.Asks(act.By, Relation.Publicity))
        {
            var (guards, held) = (Rights.KnowPhoto.Asks(act.By, Relation.Held), db.HeldFamilies());
            photos = photos.Where(row => row.UploadedBy == act.By.StaffId
                || (guards && held.Contains(row.FamilyId)) || db.PhotoPupils.Any(tag =>
                tag.PhotoId == row.Id && db.Pupils.Any(pupil => pupil.Id == tag.PupilId && classes.Contains(pupil.ClassName))));
        }
        return photos.OrderBy(row => row.Id).Select(row => row.Id).Take(Chunk).ToListAsync(cancel);
    }
}
