using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Publication;

/// <summary>
/// What changes by date alone (expiry of an answer, a leaver's day after, a birthday, <c>deleteAfter</c>) enters the feed's order
/// when it falls due, and known copies become removals. Clearance itself needs none of this: it is computed when asked.
/// </summary>
public sealed class DateTurns(RecordsDb db, KeyStore keys, Removals removals)
{
    /// <returns>Photos that a date may have changed since the last turn.</returns>
    public async Task<int> TurnAsync(Guid school, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        var turn = await db.DateTurns.FromSql($"select * from date_turns where school_id = {school} for update").SingleAsync(cancel);
        var now = await db.NowAsync(cancel);
        var zone = (await db.Schools.SingleAsync(row => row.Id == school, cancel)).TimeZone();
        var (from, until) = (DayIn(zone, turn.ToldUntil), DayIn(zone, now));
        var grown = from < until ? await GrownAsync(school, from, until, cancel) : [];
        // Days that began since the last turn: (from, until]. An answer's last day, a leaver's last day ended the day before.
        var photos = await db.Database.SqlQuery<Guid>($"""
            select photo_id as "Value" from photo_pupils where pupil_id in (
              select pupil_id from consent_answers
                where school_id = {school} and expires_on >= {from} and expires_on < {until}
              union select id from pupils where school_id = {school} and left_on >= {from} and left_on < {until}
              union select unnest({grown}))
            union select id from photos
              where school_id = {school} and delete_after > {turn.ToldUntil} and delete_after <= {now}
            """).ToListAsync(cancel);
        await db.NotePhotosAsync(photos, cancel);
        foreach (var page in photos.Chunk(500)) await removals.FollowAsync(Act.OfSystem(school), page, cancel);
        turn.ToldUntil = now;
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return photos.Count;
    }

    /// <summary>Whose birthday brings a question of their own; that of a pupil whom nobody can read any more counts every day.</summary>
    private async Task<Guid[]> GrownAsync(Guid school, DateOnly from, DateOnly until, CancellationToken cancel)
    {
        var age = await db.PolicySwitches.Where(row => row.SchoolId == school).Select(row => row.PupilConsentAge).SingleAsync(cancel);
        var pupils = await db.Pupils.AsNoTracking().Where(row => row.SchoolId == school && db.PhotoPupils.Any(tag => tag.PupilId == row.Id)).ToListAsync(cancel);
        var texts = await keys.TextsAsync(school, [.. pupils.Select(pupil => pupil.Id)], cancel);
        foreach (var pupil in pupils) pupil.Open(texts[pupil.Id]);
        return [.. pupils.Where(pupil => pupil.DateOfBirth?.AddYears(age) is not { } day || (day >= from && day <= until)).Select(pupil => pupil.Id)];
    }

    private static DateOnly DayIn(TimeZoneInfo zone, DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
}
