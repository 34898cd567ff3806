using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Clearance;

/// <summary>Reads photos with everything that decides about them, opens what is written about them and who is in them, and asks the pure rules.</summary>
public sealed class PhotoStandings(RecordsDb db, KeyStore keys)
{
    /// <summary>One photo; null where the school has none of that id (any more).</summary>
    public async Task<PhotoStanding?> FindAsync(Guid school, Guid photo, CancellationToken cancel) =>
        (await ReadAsync(school, [photo], cancel)).GetValueOrDefault(photo);

    /// <summary>The photos of that school among those asked for.</summary>
    public async Task<IReadOnlyDictionary<Guid, PhotoStanding>> ReadAsync(
        Guid school, IReadOnlyCollection<Guid> photos, CancellationToken cancel)
    {
        var ids = photos.ToArray();
        var (now, _, doubt) = await db.ReadClockAsync(school, cancel);
        var rows = await db.Photos.AsNoTracking().Where(row => row.SchoolId == school && ids.Contains(row.Id)).ToListAsync(cancel);
        if (rows.Count == 0) return new Dictionary<Guid, PhotoStanding>();

        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == school, cancel)).TimeZone();
        var today = SchoolDays.DateOf(now, zone);
        var switches = await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == school, cancel);
        var activityIds = rows.Select(row => row.ActivityId).Distinct().ToArray();
        var activities = await db.Activities.AsNoTracking().Where(row => activityIds.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancel);
        var approvals = await db.ActivityDecisions.FromSql($"""
            select distinct on (activity_id) * from activity_decisions where activity_id = any({activityIds})
            order by activity_id, decided_at desc, id desc
            """).AsNoTracking().ToDictionaryAsync(row => row.ActivityId, cancel);
        var screenings = await db.ScreeningDecisions.FromSql($"""
            select distinct on (photo_id) * from screening_decisions where photo_id = any({ids})
            order by photo_id, decided_at desc, id desc
            """).AsNoTracking().ToDictionaryAsync(row => row.PhotoId, cancel);
        var tags = (await db.PhotoPupils.AsNoTracking().Where(row => ids.Contains(row.PhotoId)).ToListAsync(cancel)).ToLookup(row => row.PhotoId);
        Guid[] pupilIds = [.. tags.SelectMany(group => group).Select(tag => tag.PupilId).Distinct()];
        var texts = await keys.TextsAsync(school, [.. pupilIds, .. rows.Where(row => row.Alt is not null).Select(row => row.Id)], cancel);
        foreach (var row in rows) row.Open(texts[row.Id]);
        var standings = await PupilsAsync(pupilIds, texts, today, cancel);
        var families = rows.Select(row => row.FamilyId).Distinct().ToArray();
        var held = (await db.HeldFamilies().Where(family => families.Contains(family)).ToListAsync(cancel)).ToHashSet();
        var concerns = held.Count == 0 ? null : (await db.Concerns.Join(
                db.Photos.Where(photo => families.Contains(photo.FamilyId)), concern => concern.PhotoId, photo => photo.Id,
                (concern, photo) => new { photo.FamilyId, concern.Kind }).ToListAsync(cancel))
            .ToLookup(row => row.FamilyId, row => row.Kind);
        var orders = await db.Removals.AsNoTracking()
            .Where(row => ids.Contains(row.PhotoId) && row.Place == RemovalPlace.Store && row.CancelledAt == null)
            .ToDictionaryAsync(row => row.PhotoId, cancel);

        return rows.ToDictionary(row => row.Id, row =>
        {
            var pupils = tags[row.Id].Select(tag => (Tag: tag, Pupil: standings[tag.PupilId])).ToList();
            var facts = new PhotoFacts
            {
                Photo = row,
                ActivityChannels = activities[row.ActivityId].Channels,
                Approval = approvals.GetValueOrDefault(row.ActivityId)?.Decision,
                Pupils = [.. pupils.Select(item => new TaggedPupil(item.Pupil.Standing, item.Tag.TaggedAt))],
                Screening = screenings.GetValueOrDefault(row.Id),
                Held = held.Contains(row.FamilyId),
                BeingRemoved = orders.ContainsKey(row.Id),
                Now = now,
                Doubt = doubt,
                UntaggedSince = row.UntaggedAt,
            };
            return new PhotoStanding(
                facts,
                activities[row.ActivityId],
                DestructionRule.DueBeforeRetention(facts, switches),
                DestructionRule.HiddenByInternalNo(facts),
                orders.GetValueOrDefault(row.Id),
                [.. pupils.Select(item => item.Pupil.Pupil)],
                [.. concerns?[row.FamilyId] ?? []],
                today);
        });
    }

    /// <summary>Where one pupil may be shown.</summary>
    public async Task<PupilStanding> PupilAsync(Guid school, Guid pupil, CancellationToken cancel)
    {
        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == school, cancel)).TimeZone();
        var today = SchoolDays.DateOf((await db.ReadClockAsync(school, cancel)).Now, zone);
        return (await PupilsAsync([pupil], await keys.TextsAsync(school, [pupil], cancel), today, cancel))[pupil].Standing;
    }

    private async Task<Dictionary<Guid, (Pupils.Pupil Pupil, PupilStanding Standing)>> PupilsAsync(
        Guid[] ids, TextKeys texts, DateOnly today, CancellationToken cancel)
    {
        if (ids.Length == 0) return [];
        var pupils = await db.Pupils.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancel);
        foreach (var pupil in pupils) pupil.Open(texts[pupil.Id]);
        var answers = (await db.ConsentAnswers.AsNoTracking().Where(row => ids.Contains(row.PupilId)).ToListAsync(cancel))
            .ToLookup(row => row.PupilId);
        // People with a pseudonym are told apart by it.
        foreach (var answer in answers.SelectMany(group => group).Where(answer => answer.GuardianId is null)) answer.Open(texts[answer.PupilId]);
        var blocked = (await db.SafeguardingBlocks.AsNoTracking().Where(row => ids.Contains(row.PupilId) && row.LiftedAt == null)
            .Select(row => row.PupilId).ToListAsync(cancel)).ToHashSet();
        var school = pupils[0].SchoolId;
        var switches = await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == school, cancel);
        return pupils.ToDictionary(row => row.Id, row =>
            (row, ConsentStanding.OfAll(row, [.. answers[row.Id]], blocked.Contains(row.Id), today, switches)));
    }
}
