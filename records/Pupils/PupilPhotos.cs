using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Pupils;

/// <summary>What follows for photos when something about a pupil in them changes.</summary>
internal static class PupilPhotos
{
    private const int Together = 500;

    /// <summary>
    /// In the transaction of the operation that locked the pupil: notes the feed and opens every removal that now follows.
    /// </summary>
    /// <param name="channels">Where something may have changed; everywhere if none is named.</param>
    public static async Task FollowPupilAsync(
        this RecordsDb db, Removals removals, Act act, Guid pupil, CancellationToken cancel, params Channel[] channels)
    {
        await db.NotePupilAsync(pupil, cancel, channels);
        var photos = await db.PhotoPupils.Where(tag => tag.PupilId == pupil).Select(tag => tag.PhotoId).Order().ToListAsync(cancel);
        foreach (var some in photos.Chunk(Together)) await removals.FollowAsync(act, some, cancel);
    }
}
