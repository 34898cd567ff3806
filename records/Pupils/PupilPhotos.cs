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
    private const int Together = 1000;

    /// <summary>
    /// In the transaction of the operation that locked the pupil: notes the feed and opens every removal that now follows.
    /// </summary>
    public static async Task FollowPupilAsync(this RecordsDb db, Removals removals, Act act, Guid pupil, CancellationToken cancel)
    {
        await db.NotePupilAsync(pupil, cancel);
        var photos = await db.PhotoPupils.Where(tag => tag.PupilId == pupil).Select(tag => tag.PhotoId).Order().ToListAsync(cancel);
        foreach (var some in photos.Chunk(Together)) await removals.FollowAsync(act, some, cancel, noted: true);
    }

    /// <summary>As <see cref="FollowPupilAsync"/>, where the pupil's standing may have changed on one channel alone: nothing is destroyed for that.</summary>
    /// <param name="channel">Not <c>internal</c>, the root of all.</param>
    public static async Task FollowPupilOnAsync(
        this RecordsDb db, Removals removals, PhotoStandings standings, Act act, Guid pupil, Channel channel, CancellationToken cancel)
    {
        await db.NotePupilAsync(pupil, cancel, channel);
        if (!ClearanceRule.IsCleared(await standings.PupilAsync(act.SchoolId, pupil, cancel), channel))
        {
            // One child stands against every picture, whoever else is in it: what others say need not be read, and the withdrawal is taken the sooner.
            await removals.OpenCopiesOfPupilAsync(act, pupil, channel, cancel);
            return;
        }
        var given = await db.Publications.Where(row => row.Channel == channel && db.PhotoPupils.Any(tag => tag.PhotoId == row.PhotoId && tag.PupilId == pupil))
            .Select(row => row.PhotoId).Distinct().Order().ToListAsync(cancel);
        foreach (var some in given.Chunk(Together)) await removals.FollowAsync(act, some, cancel, noted: true);
    }
}
