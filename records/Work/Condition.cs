using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Work;

/// <summary>Whether a school's obligations are met in time; what an alarm is raised for.</summary>
/// <param name="LastPurge">The last run that was no count.</param>
/// <param name="NextPurge">When the next night's run is due.</param>
/// <param name="MissedSince">Set where there was no run for 26 hours: since when.</param>
/// <param name="StoppedPurges">Runs that wait for two people.</param>
/// <param name="Overdue">Our own copies that should have been destroyed for a quarter of an hour, by cause; what is held is not among them.</param>
/// <param name="HoldsToReview">Holds whose day to be looked at again has come.</param>
/// <param name="Store">What and where the store is.</param>
/// <param name="Posture">What it does with what is deleted.</param>
/// <param name="Clock">The time, and whether it can be believed.</param>
public sealed record ConditionShown(
    Purge? LastPurge, DateTimeOffset NextPurge, DateTimeOffset? MissedSince, int StoppedPurges,
    IReadOnlyDictionary<RemovalCause, int> Overdue, int HoldsToReview, ClockReading Clock, string Store, StorePosture Posture);

/// <summary>Reads it, without asking the schedule: also where nothing runs, the page says so.</summary>
public sealed class Condition(RecordsDb db, IBlobStore blobs, PurgeNights nights, HoldReviews reviews)
{
    private static readonly TimeSpan InTime = TimeSpan.FromMinutes(15);

    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<ConditionShown> ReadAsync(Act act, CancellationToken cancel)
    {
        if (!act.By.Is(Role.Ict)) throw Refusals.RoleMayNot("How the system runs is for the ICT lead.");
        var school = act.SchoolId;
        var clock = await db.ReadClockAsync(school, cancel);
        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == school, cancel)).TimeZone();
        var runs = db.Purges.AsNoTracking().Where(row => row.SchoolId == school && !row.DryRun);
        var overdue = await db.Removals.AsNoTracking()
            .Where(row => row.SchoolId == school && row.Place == RemovalPlace.Store && row.DoneAt == null && row.CancelledAt == null
                && row.NotBefore < clock.Now - InTime
                && !db.HeldFamilies().Any(family => db.Photos.Any(photo => photo.Id == row.PhotoId && photo.FamilyId == family)))
            .GroupBy(row => row.Cause).Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancel);
        return new(
            await runs.OrderByDescending(row => row.StartedAt).FirstOrDefaultAsync(cancel),
            PurgeNights.NextAfter(clock.Now, zone),
            (await nights.MissedAsync(cancel)).SingleOrDefault(missed => missed.School == school)?.Since,
            await runs.CountAsync(row => row.State == PurgeState.Stopped, cancel),
            overdue.ToDictionary(row => row.Key, row => row.Count),
            await reviews.DueAsync(school, cancel),
            clock,
            blobs.Description,
            blobs.Posture);
    }
}
