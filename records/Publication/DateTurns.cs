using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Publication;

/// <summary>
/// What changes by date alone (expiry of an answer, a leaver's day after, a birthday, <c>deleteAfter</c>) enters the feed's order
/// when it falls due, and known copies become removals. Clearance itself needs none of this: it is computed when asked.
/// </summary>
public sealed class DateTurns(RecordsDb db, Removals removals)
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
        // Days that began since the last turn: (from, until]. An answer's last day, a leaver's last day ended the day before.
        var photos = await db.Database.SqlQuery<Guid>($"""
            select photo_id as "Value" from photo_pupils where pupil_id in (
              select pupil_id from consent_answers
                where school_id = {school} and expires_on >= {from} and expires_on < {until}
              union select id from pupils where school_id = {school} and left_on >= {from} and left_on < {until}
              union select pupils.id from pupils join policy_switches using (school_id)
                where school_id = {school}
                  and date_of_birth + make_interval(years => pupil_consent_age) between {from} and {until})
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

    private static DateOnly DayIn(TimeZoneInfo zone, DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
}
