using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Photos;

/// <summary>What a photo is held for, as the safeguarding lead sees it; the id is the one to release.</summary>
/// <param name="PhotoId">What it was placed on: the photo or one of its family, for that holds all of them.</param>
/// <param name="Concern">What was reported; absent where nobody reported anything.</param>
/// <param name="ReleaseAskedBy">The first of the two people who release it, once there is one.</param>
public sealed record HoldView(
    Guid Id, Guid PhotoId, string Reason, DateOnly ReviewOn, DateTimeOffset PlacedAt, Guid PlacedBy, ConcernKind? Concern, string? Note, Guid? ReleaseAskedBy)
{
    /// <summary>The holds that stand. Only for whom <see cref="Records.Photos.PhotoSight"/> showed a held photo.</summary>
    public static async Task<IReadOnlyList<HoldView>> ReadAsync(RecordsDb db, HoldList list, Act act, Guid photo, CancellationToken cancel)
    {
        var family = await db.Photos.Where(row => db.Photos.Any(it => it.Id == photo && it.FamilyId == row.FamilyId)).Select(row => row.Id).ToArrayAsync(cancel);
        var holds = await db.Holds.AsNoTracking().Where(row => family.Contains(row.PhotoId) && row.ReleasedAt == null).OrderBy(row => row.Id).ToListAsync(cancel);
        var concerns = await db.Concerns.AsNoTracking().Where(row => family.Contains(row.PhotoId)).ToDictionaryAsync(row => row.Id, cancel);
        await list.OpenAsync(act.SchoolId, holds, concerns.Values, cancel);
        return [.. holds.Select(hold => Of(hold, hold.ConcernId is { } id ? concerns.GetValueOrDefault(id) : null))];
    }

    private static HoldView Of(Hold hold, Concern? concern) =>
        new(hold.Id, hold.PhotoId, hold.Reason.Text ?? "", hold.ReviewOn, hold.PlacedAt, hold.PlacedBy, concern?.Kind, concern?.Note?.Text, hold.ReleaseAskedBy);
}
