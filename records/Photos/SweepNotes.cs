using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>What the last look over the whole store and all keys found; there is one.</summary>
public sealed class SweepNote
{
    public bool One { get; init; } = true;
    public DateTimeOffset At { get; init; }

    /// <summary>Objects that belonged to nobody.</summary>
    public int Objects { get; init; }

    /// <summary>Keys that belonged to nobody.</summary>
    public int Keys { get; init; }

    /// <summary>Objects that are registered and not in the store.</summary>
    public int Missing { get; init; }

    /// <summary>Files in the store that are no objects of ours, or could not be deleted.</summary>
    public int Strange { get; init; }

    /// <summary>Objects and keys were left alone, since they were too many; else they are gone.</summary>
    public bool Stopped { get; init; }
}

internal static class SweepNotes
{
    public static Task NoteSweepAsync(this RecordsDb db, ObjectSweepResult found, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into sweeps (at, objects, keys, missing, strange, stopped)
        values (now(), {found.Objects}, {found.Keys}, {found.Missing.Count}, {found.Strange}, {found.Stopped})
        on conflict (one) do update set at = excluded.at, objects = excluded.objects, keys = excluded.keys,
          missing = excluded.missing, strange = excluded.strange, stopped = excluded.stopped
        """, cancel);
}
