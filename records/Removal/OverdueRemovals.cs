using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Removal;

/// <summary>Removals of one place and cause whose deadline has passed.</summary>
/// <param name="Since">The deadline of the one that waits longest.</param>
public sealed record Overdue(RemovalPlace Place, RemovalCause Cause, int Count, DateTimeOffset Since);

/// <summary>
/// A removal that has not ended by its deadline is told of: at once, and again after each further day, until it has ended. Found from the
/// records alone (law 5). Our own copy of what is held is not late: a hold beats every deletion.
/// </summary>
public sealed class OverdueRemovals(RecordsDb db)
{
    private const int Page = 500;

    /// <summary>What is overdue in the school, by place and cause.</summary>
    public async Task<IReadOnlyList<Overdue>> ReadAsync(Guid school, CancellationToken cancel)
    {
        var rows = await db.Database.SqlQuery<Row>($"""
            select removals.place as "Place", removals.cause as "Cause", count(*)::int as "Count", min(not_before + time) as "Since"
            from removals join unnest({Places}, {Causes}, {Times}) as deadline (place, cause, time)
              on deadline.place = removals.place and deadline.cause = removals.cause
            where school_id = {school} and done_at is null and cancelled_at is null and not_before + time < steady_now()
              and not (removals.place = 'store' and exists (select from photos where photos.id = removals.photo_id and is_held(family_id)))
            group by 1, 2
            """).ToListAsync(cancel);
        return [.. rows.Select(row => new Overdue(Words.Parse<RemovalPlace>(row.Place)!.Value, Words.Parse<RemovalCause>(row.Cause)!.Value, row.Count, row.Since))
            .OrderBy(overdue => (overdue.Place, overdue.Cause))];
    }

    /// <summary>Writes into the chain, for each day that has begun since its deadline, that a removal is overdue; of a day that nobody was
    /// there to tell of, the last one alone. Nothing while the clock that says so is in doubt.</summary>
    /// <returns>Removals told of now.</returns>
    public async Task<int> TellAsync(CancellationToken cancel)
    {
        if (await db.IsClockInDoubtAsync(cancel)) return 0;
        for (var all = 0; ;)
        {
            // One statement, one commit. What somebody is at work on is told of the next time, where it is still there.
            var told = await db.Database.ExecuteSqlAsync($"""
                with due as (
                  select removals.id, 1 + floor(extract(epoch from now() - not_before - time) / 86400)::int as days
                  from removals join unnest({Places}, {Causes}, {Times}) as deadline (place, cause, time)
                    on deadline.place = removals.place and deadline.cause = removals.cause
                  where done_at is null and cancelled_at is null and now() > not_before + time + overdue_told * interval '24 hours'
                    and not (removals.place = 'store' and exists (select from photos where photos.id = removals.photo_id and is_held(family_id)))
                  order by removals.id limit {Page} for update of removals skip locked),
                told as (update removals set overdue_told = days from due where removals.id = due.id returning removals.*)
                insert into audit_entries (school_id, event, actor_kind, photo_id, subject_kind, subject_id, details)
                select school_id, 'removal.overdue', {Words.Of(ActorKind.System)}, photo_id, 'removal', id::text,
                  jsonb_build_object('place', place, 'cause', cause, 'days', overdue_told) from told
                """, cancel);
            all += told;
            if (told < Page) return all;
        }
    }

    internal static string[] Places => [.. RemovalDeadlines.All.Select(it => Words.Of(it.Place))];

    internal static string[] Causes => [.. RemovalDeadlines.All.Select(it => Words.Of(it.Cause))];

    internal static TimeSpan[] Times => [.. RemovalDeadlines.All.Select(it => it.Time)];

    private sealed record Row(string Place, string Cause, int Count, DateTimeOffset Since);
}
