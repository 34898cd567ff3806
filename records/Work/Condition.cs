using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Recovery;
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
/// <param name="Due">Pictures whose <c>deleteAfter</c> has come and that are still there: the next run's.</param>
/// <param name="Overdue">Removals whose deadline has passed, by place and cause; our own copies of what is held are not among them.</param>
/// <param name="HoldsToReview">Holds whose day to be looked at again has come.</param>
/// <param name="Store">What and where the store is.</param>
/// <param name="Posture">What it does with what is deleted.</param>
/// <param name="Clock">The time, and whether it can be believed.</param>
/// <param name="LastBackup">Of records and pictures; null for never.</param>
/// <param name="LastKeyCopy">Of the keys; null for never.</param>
/// <param name="MissedBackups">What there was none of for 26 hours.</param>
/// <param name="Ledger">How far the ledger is behind what happened.</param>
/// <param name="Sweep">What the last look over the whole store and all keys found; null for never.</param>
public sealed record ConditionShown(
    Purge? LastPurge, DateTimeOffset NextPurge, DateTimeOffset? MissedSince, int StoppedPurges,
    int Due, IReadOnlyList<Overdue> Overdue, int HoldsToReview, ClockReading Clock, string Store, StorePosture Posture,
    Backup? LastBackup, Backup? LastKeyCopy, IReadOnlyList<MissedBackup> MissedBackups, LedgerLag Ledger, SweepNote? Sweep);

/// <summary>Reads it, without asking the schedule: also where nothing runs, the page says so.</summary>
public sealed class Condition(RecordsDb db, IBlobStore blobs, PurgeNights nights, HoldReviews reviews, OverdueRemovals overdue, BackupNotes backups)
{
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<ConditionShown> ReadAsync(Act act, CancellationToken cancel)
    {
        Rights.SeeHowItRuns.Must(act.By);
        var school = act.SchoolId;
        var clock = await db.ReadClockAsync(school, cancel);
        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == school, cancel)).TimeZone();
        var runs = db.Purges.AsNoTracking().Where(row => row.SchoolId == school && !row.DryRun);
        return new(
            await runs.OrderByDescending(row => row.StartedAt).FirstOrDefaultAsync(cancel),
            PurgeNights.NextAfter(clock.Now, zone),
            (await nights.MissedAsync(cancel)).SingleOrDefault(missed => missed.School == school)?.Since,
            await runs.CountAsync(row => row.State == PurgeState.Stopped, cancel),
            await db.Photos.CountAsync(row => row.SchoolId == school && row.DeleteAfter <= clock.Now, cancel),
            await overdue.ReadAsync(school, cancel),
            await reviews.DueAsync(school, cancel),
            clock,
            blobs.Description,
            blobs.Posture,
            await backups.LatestAsync(BackupOf.Records, cancel),
            await backups.LatestAsync(BackupOf.Keys, cancel),
            await backups.MissedAsync(school, cancel),
            await db.ReadLedgerLagAsync(school, cancel),
            await db.Sweeps.AsNoTracking().SingleOrDefaultAsync(cancel));
    }
}
