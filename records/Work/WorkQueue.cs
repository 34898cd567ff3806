using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Work;

/// <summary>
/// Obligations as rows: written in the operation's own commit, claimed with SKIP LOCKED under a lease, told by NOTIFY.
/// </summary>
public sealed class WorkQueue(RecordsDb db)
{
    /// <summary>After this time without an end a claim is void and another worker may take the work.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>After so many failed attempts a person has to look; sweeps and the daily retry go on.</summary>
    public const int AttemptsBeforeStuck = 12;

    /// <summary>Puts work into the caller's transaction. Work that is queued already is only brought forward.</summary>
    public static Task EnqueueAsync(
        RecordsDb db, Guid school, string kind, Guid subject, CancellationToken cancel, DateTimeOffset? dueAt = null) =>
        db.Database.ExecuteSqlAsync($"""
            insert into work (school_id, kind, subject, due_at) values ({school}, {kind}, {subject}, coalesce({dueAt}, now()))
            on conflict (kind, subject) do update set due_at = least(work.due_at, excluded.due_at), stuck_at = null
            """, cancel);

    /// <summary>Claims up to <paramref name="limit"/> due items for this node; each has a new fence.</summary>
    public Task<List<WorkItem>> ClaimAsync(string node, IReadOnlyCollection<string> kinds, int limit, CancellationToken cancel) =>
        db.Work.FromSql($"""
            update work set attempts = attempts + 1, lease_until = now() + {Lease}, locked_by = {node}, fence = nextval('fences')
            where id in (
              select id from work
              where kind = any({kinds.ToArray()}) and due_at <= now() and (lease_until is null or lease_until < now())
                and stuck_at is null
              order by due_at limit {limit} for update skip locked)
            returning *
            """).AsNoTracking().ToListAsync(cancel);

    /// <summary>Done: the row goes, unless somebody else has claimed it since.</summary>
    /// <returns>False where the claim was lost.</returns>
    public async Task<bool> CompleteAsync(WorkItem item, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync($"delete from work where id = {item.Id} and fence = {item.Fence}", cancel) == 1;

    /// <summary>Not now: the claim ends and the work is due again later, without counting as a failure.</summary>
    public Task PostponeAsync(WorkItem item, TimeSpan wait, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        update work set lease_until = null, locked_by = null, due_at = now() + {wait}, attempts = greatest(attempts - 1, 0)
        where id = {item.Id} and fence = {item.Fence}
        """, cancel);

    /// <summary>Failed: tried again after a back-off of 1, 2, 4 … seconds, 10 minutes at most; then stuck and visible.</summary>
    /// <param name="error">What went wrong, without personal data; cut at 500 characters.</param>
    public Task FailAsync(WorkItem item, string error, CancellationToken cancel)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(600, Math.Pow(2, Math.Min(item.Attempts, 12) - 1)));
        var shown = error.Length > 500 ? error[..500] : error;
        return db.Database.ExecuteSqlAsync($"""
            update work set lease_until = null, locked_by = null, due_at = now() + {wait}, last_error = {shown},
              stuck_at = case when attempts >= {AttemptsBeforeStuck} and kind not like 'remove%' then now() end
            where id = {item.Id} and fence = {item.Fence}
            """, cancel);
    }

    /// <summary>Trying again would give the same answer: set aside for a person to look at.</summary>
    /// <param name="error">As for <see cref="FailAsync"/>.</param>
    public Task SetAsideAsync(WorkItem item, string error, CancellationToken cancel)
    {
        var shown = error.Length > 500 ? error[..500] : error;
        return db.Database.ExecuteSqlAsync($"""
            update work set lease_until = null, locked_by = null, last_error = {shown}, stuck_at = now()
            where id = {item.Id} and fence = {item.Fence}
            """, cancel);
    }

    /// <summary>Work whose worker died is claimable when its lease ends; a worker that stops cleanly gives its claims back.</summary>
    public Task ReleaseAllAsync(string node, CancellationToken cancel) => db.Database.ExecuteSqlAsync(
        $"update work set lease_until = null, locked_by = null where locked_by = {node}", cancel);
}
