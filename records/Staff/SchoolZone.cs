using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>The zone in which people of the school read instants.</summary>
public sealed class SchoolZone(RecordsDb db)
{
    public async Task<TimeZoneInfo> OfAsync(Act act, CancellationToken cancel) =>
        (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == act.SchoolId, cancel)).TimeZone();

    /// <summary>Today at the school, by the database's clock.</summary>
    public async Task<DateOnly> TodayAsync(Act act, CancellationToken cancel) =>
        Retention.SchoolDays.DateOf(await db.NowAsync(cancel), await OfAsync(act, cancel));
}
