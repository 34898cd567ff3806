using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>
/// Who may know of a photo (P14, need to know): its uploader, teachers of the classes in it, screener, office and head; the
/// editor while it is cleared for publicity; the safeguarding lead for what is held, and then nobody else.
/// </summary>
public sealed class PhotoSight(RecordsDb db, PhotoStandings standings)
{
    /// <summary>Finds a photo that the actor may know of.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 where it is destroyed, on its way there, or out of date.</exception>
    public async Task<PhotoStanding> FindAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        var photo = await standings.FindAsync(act.SchoolId, photoId, cancel);
        if (photo is null)
        {
            var destroyed = await db.Tombstones.AnyAsync(row => row.PhotoId == photoId && row.SchoolId == act.SchoolId, cancel);
            throw destroyed ? Refusals.Gone() : Refusals.NotFound("picture");
        }
        var classes = await ClassesAsync(act, cancel);
        Rights.KnowPhoto.Must(act.By, RelationTo(act.By, classes, photo));
        return IsShown(act.By, photo) ? photo : throw Refusals.Gone();
    }

    /// <summary>Finds any photo of the school that is not destroyed, for the safeguarding lead's own acts.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403.</exception>
    public async Task<PhotoStanding> FindForSafeguardingAsync(Act act, Guid photoId, CancellationToken cancel)
    {
        if (!Rights.HoldPhoto.Allows(act.By))
        {
            await FindAsync(act, photoId, cancel);
            throw Rights.HoldPhoto.Refused();
        }
        return await standings.FindAsync(act.SchoolId, photoId, cancel)
            ?? throw (await db.Tombstones.AnyAsync(row => row.PhotoId == photoId && row.SchoolId == act.SchoolId, cancel)
                ? Refusals.Gone()
                : Refusals.NotFound("picture"));
    }

    /// <summary>Whether the actor may see this one in a list. <paramref name="classes"/> are those of <see cref="ClassesAsync"/>.</summary>
    public static bool MaySee(Actor by, IReadOnlyCollection<string> classes, PhotoStanding photo) =>
        Rights.KnowPhoto.Allows(by, RelationTo(by, classes, photo)) && IsShown(by, photo);

    /// <summary>Whether anybody sees the pixels: nobody does where a concern says <c>indecent</c> (P16).</summary>
    public static bool PixelsShown(PhotoStanding photo) => !photo.Facts.Held || !photo.Concerns.Contains(ConcernKind.Indecent);

    /// <summary>
    /// Whether the actor looks at its pixels by need to know. Who only publishes takes them on a channel, where that is recorded.
    /// </summary>
    public async Task<bool> LooksAsync(Act act, PhotoStanding photo, CancellationToken cancel) =>
        Rights.LookAtPhoto.Allows(act.By, RelationTo(act.By, await ClassesAsync(act, cancel), photo));

    /// <summary>The classes that the actor teaches; none for anybody whom that gives no need to know.</summary>
    public async Task<IReadOnlyCollection<string>> ClassesAsync(Act act, CancellationToken cancel) => Rights.KnowPhoto.Asks(act.By, Relation.Teaches)
        ? await db.Staff.Where(row => row.Id == act.By.StaffId).Select(row => row.Classes).SingleAsync(cancel)
        : [];

    /// <summary>Whether somebody sent it: what acts on a picture that they know of go by.</summary>
    public static Relation RelationTo(Actor by, Photo photo) =>
        by.StaffId == photo.UploadedBy ? Relation.School | Relation.Uploader : Relation.School;

    private static Relation RelationTo(Actor by, IReadOnlyCollection<string> classes, PhotoStanding photo)
    {
        if (photo.Facts.Held) return Relation.Held;
        var to = RelationTo(by, photo.Photo);
        if (photo.Pupils.Any(pupil => classes.Contains(pupil.ClassName))) to |= Relation.Teaches;
        if (photo.Clearance.Any(on => on.Key.IsPublicity() && on.Value.Cleared)) to |= Relation.Publicity;
        return to;
    }

    private static bool IsShown(Actor by, PhotoStanding photo) => photo.Facts.Held || (
        photo.Order is null
        && photo.Photo.DeleteAfter > photo.Now
        && (!photo.HiddenByInternalNo || Rights.RescuePhoto.Allows(by)));
}
