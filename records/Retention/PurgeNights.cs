using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>A school whose pictures nobody has purged for too long.</summary>
/// <param name="Since">When its last run was started, or the school made where there was none.</param>
public sealed record MissedPurge(Guid School, DateTimeOffset Since);

/// <summary>
/// Every night has its run. The schedule starts it; where it does not, any node does an hour later, and where none can, somebody is
/// told. Nothing here asks the schedule.
/// </summary>
public sealed class PurgeNights(RecordsDb db, Purges purges)
{
    /// <summary>When a night's run is due, in the school's zone.</summary>
    private static readonly TimeOnly From = new(2, 0);

    /// <summary>Without a run for so long, somebody is told.</summary>
    private static readonly TimeSpan Missed = TimeSpan.FromHours(26);

    /// <summary>
    /// Starts the run of every school whose night has come and had none yet. Looking every minute instead of firing at 02:00 makes a
    /// night that was slept through the same case as any other; the night's unique row makes it happen once.
    /// </summary>
    /// <param name="late">How long after 02:00 at the earliest.</param>
    /// <returns>Runs started.</returns>
    public async Task<int> StartAsync(TimeSpan late, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var (started, now) = (0, await db.NowAsync(cancel) - late);
        foreach (var school in await db.Schools.AsNoTracking().ToListAsync(cancel))
        {
            var night = NightOf(now, school.TimeZone());
            // A school made during the day has no night behind it yet.
            if (night > NightOf(school.CreatedAt, school.TimeZone()) && await purges.StartNightAsync(school.Id, night, cancel) is not null) started++;
        }
        return started;
    }

    /// <summary>The schools without a run for 26 hours, by the database's clock. A new school is given as long.</summary>
    public Task<List<MissedPurge>> MissedAsync(CancellationToken cancel) => db.Database.SqlQuery<MissedPurge>($"""
        select id as "School", since as "Since" from (
          select id, greatest(created_at, (select max(started_at) from purges where school_id = schools.id and not dry_run)) as since
          from schools) as school
        where since < now() - {Missed} order by since
        """).ToListAsync(cancel);

    /// <summary>Writes it into the chain of each school that missed its run; once, until it has had one again.</summary>
    /// <returns>Those told now.</returns>
    public async Task<IReadOnlyList<MissedPurge>> TellAsync(CancellationToken cancel)
    {
        var told = new List<MissedPurge>();
        foreach (var missed in await MissedAsync(cancel))
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.BeginAsync(cancel);
            await Purges.LockSchoolAsync(db, missed.School, cancel);
            if (await db.AuditEntries.AnyAsync(row => row.SchoolId == missed.School && row.Event == "purge.missed" && row.At > missed.Since, cancel)) continue;
            told.Add(missed);
            await db.CommitAsync(Act.OfSystem(missed.School), cancel, new AuditEvent("purge.missed", SubjectKind: "school", SubjectId: missed.School.ToString(), Details: new { since = missed.Since }));
        }
        return told;
    }

    /// <summary>When the next night's run is due.</summary>
    public static DateTimeOffset NextAfter(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = NightOf(now, zone).AddDays(1).ToDateTime(From);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>The date whose 02:00 came last.</summary>
    public static DateOnly NightOf(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
        var date = DateOnly.FromDateTime(local);
        return TimeOnly.FromDateTime(local) >= From ? date : date.AddDays(-1);
    }
}
