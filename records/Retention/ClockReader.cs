using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>Asks the database for the time, and whether its clock was moved.</summary>
public static class ClockReader
{
    /// <summary>The time, as far as this school's people have confirmed it.</summary>
    public static async Task<ClockReading> ReadClockAsync(this RecordsDb db, Guid school, CancellationToken cancel)
    {
        var row = (await db.Database.SqlQuery<Row>($"""
            select steady_now() as "Now", now() as "Said", (select least(trusted_at, now()) from clock) as "Certain", (
              select greatest(from_at, to_at) from clock_jumps jump
              where ended_at is null
                and not exists (select from purges where school_id = {school} and clock_jump_id = jump.id and second_approval_by is not null)
                -- A school that was made since knows no other time.
                and not exists (select from schools where id = {school} and created_at >= greatest(from_at, to_at))
              union all select now() where clock_unnoted()
              limit 1) as "Later"
            """).ToListAsync(cancel))[0];
        return new(row.Now, row.Said, row is { Later: { } later, Certain: { } certain } ? new(later, certain) : null);
    }

    /// <summary>Whether the clock is in doubt for any school.</summary>
    public static async Task<bool> IsClockInDoubtAsync(this RecordsDb db, CancellationToken cancel) =>
        (await db.Database.SqlQuery<bool>(
            $"select clock_unnoted() or exists (select from clock_jumps where ended_at is null) as \"Value\"").ToListAsync(cancel))[0];

    private sealed record Row(DateTimeOffset Now, DateTimeOffset Said, DateTimeOffset? Certain, DateTimeOffset? Later);
}
