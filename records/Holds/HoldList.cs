using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Holds;

/// <summary>A hold that stands.</summary>
/// <param name="Concern">What was reported, where that placed it; told to the safeguarding lead alone.</param>
/// <param name="AskedBy">Who asked first for its release.</param>
/// <param name="PixelsShown">The actor may look at the picture.</param>
public sealed record HoldShown(Hold Hold, Concern? Concern, string? AskedBy, bool PixelsShown);

/// <summary>The holds that stand, for those who keep and release them (P16).</summary>
public sealed class HoldList(RecordsDb db, KeyStore keys)
{
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<List<HoldShown>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        Rights.SeeHolds.Must(act.By);
        var holds = await db.Holds.AsNoTracking()
            .Where(row => row.SchoolId == act.SchoolId && row.ReleasedAt == null && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
        var photos = holds.Select(hold => hold.PhotoId).Distinct().ToArray();
        var concerns = await db.Concerns.AsNoTracking().Where(row => photos.Contains(row.PhotoId)).ToListAsync(cancel);
        var lead = Rights.SeeHeldWhy.Allows(act.By);
        if (lead) await OpenAsync(act.SchoolId, holds, concerns, cancel);
        // Of the picture itself or of any of its family: each shows something of what the others show.
        var indecent = (await db.Photos.Where(row => photos.Contains(row.Id) && db.Photos.Any(kin => kin.FamilyId == row.FamilyId
            && db.Concerns.Any(concern => concern.PhotoId == kin.Id && concern.Kind == ConcernKind.Indecent))).Select(row => row.Id).ToListAsync(cancel)).ToHashSet();
        var asked = holds.Select(hold => hold.ReleaseAskedBy).OfType<Guid>().Distinct().ToArray();
        var names = await db.Staff.Where(row => row.SchoolId == act.SchoolId && asked.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name, cancel);
        return [.. holds.Select(hold => new HoldShown(
            hold,
            lead ? concerns.SingleOrDefault(concern => concern.Id == hold.ConcernId) : null,
            hold.ReleaseAskedBy is { } who ? names.GetValueOrDefault(who) : null,
            lead && !indecent.Contains(hold.PhotoId)))];
    }

    /// <summary>Opens what was written for the safeguarding lead alone.</summary>
    public async Task OpenAsync(Guid school, IReadOnlyCollection<Hold> holds, IReadOnlyCollection<Concern> concerns, CancellationToken cancel)
    {
        var texts = await keys.TextsAsync(school, [.. holds.Select(hold => hold.PhotoId), .. concerns.Select(concern => concern.PhotoId)], cancel);
        foreach (var hold in holds) hold.Open(texts[hold.PhotoId]);
        foreach (var concern in concerns) concern.Open(texts[concern.PhotoId]);
    }
}
