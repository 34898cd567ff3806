using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Photos;

/// <summary>Photos as the caller may see them.</summary>
public sealed class PhotoShow(RecordsDb db, PhotoSight sight, RefusedLooks refused, HoldList holds, RedactionDesk redactions)
{
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410.</exception>
    public async Task<PhotoView> ViewAsync(Act act, Guid id, CancellationToken cancel)
    {
        var photo = await refused.NotedAsync(act, () => sight.FindAsync(act, id, cancel), cancel);
        var view = (await ViewsAsync(act, [photo], cancel))[id];
        return photo.Facts.Held ? view with { Holds = await HoldView.ReadAsync(db, holds, act, id, cancel) } : view;
    }

    /// <summary>Of photos that the caller was found to see.</summary>
    public async Task<IReadOnlyDictionary<Guid, PhotoView>> ViewsAsync(Act act, IReadOnlyList<PhotoStanding> photos, CancellationToken cancel)
    {
        var ids = photos.Select(photo => photo.Photo.Id).ToArray();
        var objects = (await db.Objects.AsNoTracking().Where(row => ids.Contains(row.PhotoId) && row.StoredAt != null).ToListAsync(cancel))
            .ToLookup(row => row.PhotoId);
        var ties = await redactions.TiesAsync(act, ids, cancel);
        var maySeeChildren = Rights.SeeWhy.Allows(act.By);
        return photos.ToDictionary(photo => photo.Photo.Id,
            photo => PhotoView.Of(photo, objects[photo.Photo.Id], ties[photo.Photo.Id], maySeeChildren));
    }
}
