using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>What the last look over the whole store and all keys found, for the pages.</summary>
/// <param name="At">When.</param>
/// <param name="Objects">Objects that belong to nobody.</param>
/// <param name="Keys">Keys that belong to nobody.</param>
/// <param name="Missing">Objects that are registered and not in the store.</param>
/// <param name="Strange">Files in the store that are no objects of ours, or could not be deleted.</param>
/// <param name="Stopped">Objects and keys were left alone, since they were too many; else they are gone.</param>
public sealed record SweepNote(DateTimeOffset At, int Objects, int Keys, int Missing, int Strange, bool Stopped);

internal static class SweepNotes
{
    public static Task NoteSweepAsync(this RecordsDb db, ObjectSweepResult found, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into sweeps (at, objects, keys, missing, strange, stopped)
        values (now(), {found.Objects}, {found.Keys}, {found.Missing.Count}, {found.Strange}, {found.Stopped})
        on conflict (one) do update set at = excluded.at, objects = excluded.objects, keys = excluded.keys,
          missing = excluded.missing, strange = excluded.strange, stopped = excluded.stopped
        """, cancel);

    /// <returns>Null where there was none yet.</returns>
    public static async Task<SweepNote?> LastSweepAsync(this RecordsDb db, CancellationToken cancel) => (await db.Database.SqlQuery<SweepNote>($"""
        select at as "At", objects as "Objects", keys as "Keys", missing as "Missing", strange as "Strange", stopped as "Stopped" from sweeps
        """).ToListAsync(cancel)).SingleOrDefault();
}
