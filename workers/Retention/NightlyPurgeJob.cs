using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace PhotoGuard.Workers.Retention;

/// <summary>
/// Starts the run of every school whose night has come and had none yet. Looking every minute instead of firing at 02:00 makes
/// a night that was slept through the same case as any other; the night's unique row makes it happen once.
/// </summary>
[DisallowConcurrentExecution]
public sealed class NightlyPurgeJob(RecordsDb db, Purges purges) : IJob
{
    /// <summary>When a night's run is due, in the school's zone.</summary>
    private static readonly TimeOnly From = new(2, 0);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var now = await db.NowAsync(cancellationToken);
        foreach (var school in await db.Schools.AsNoTracking().ToListAsync(cancellationToken))
        {
            var night = NightOf(now, school.TimeZone());
            // A school made during the day has no night behind it yet.
            if (night > NightOf(school.CreatedAt, school.TimeZone())) await purges.StartNightAsync(school.Id, night, cancellationToken);
        }
    }

    /// <summary>The date whose 02:00 came last.</summary>
    public static DateOnly NightOf(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant, zone).DateTime;
        var date = DateOnly.FromDateTime(local);
        return TimeOnly.FromDateTime(local) >= From ? date : date.AddDays(-1);
    }
}
