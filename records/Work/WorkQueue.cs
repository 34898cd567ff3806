using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Records.Work;

/// <summary>
/// Obligations as rows: written in the operation's own commit, claimed with SKIP LOCKED under a lease, told by NOTIFY.
/// </summary>
public sealed class WorkQueue(RecordsDb db)
{
    /// <summary>After this time without an end a claim is void and another worker may take the work.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(45);

    /// <summary>After so many failed attempts work is set aside for a day, and a person has to look.</summary>
    public const int AttemptsBeforeStuck = 12;

    /// <summary>A picture that took so many decoders with it is set aside.</summary>
    public const int LossesBeforeStuck = 3;

    /// <summary>Work that so many workers in a row died with is set aside: more, since most of it only happened to be there.</summary>
    public const int CrashesBeforeStuck = 5;

    /// <summary>Puts work into the caller's transaction. Work that is queued already is only brought forward; a picture that is set
    /// aside for the decoders it took with it stays there.</summary>
    public static Task EnqueueAsync(
        RecordsDb db, Guid school, string kind, Guid subject, CancellationToken cancel, DateTimeOffset? dueAt = null) =>
        db.Database.ExecuteSqlAsync($"""
            insert into work (school_id, kind, subject, due_at) values ({school}, {kind}, {subject}, coalesce({dueAt}, now()))
            on conflict (kind, subject) do update set due_at = least(work.due_at, excluded.due_at),
              stuck_at = case when work.losses >= {LossesBeforeStuck} then work.stuck_at end,
              retry_at = case when work.losses >= {LossesBeforeStuck} then work.retry_at end
            """, cancel);

    /// <summary>
    /// Claims up to <paramref name="limit"/> due items for this node, by precedence, then by age; each has a new fence.
    /// </summary>
    public Task<List<WorkItem>> ClaimAsync(string node, IReadOnlyCollection<string> kinds, int limit, CancellationToken cancel) =>
        db.Work.FromSql($"""
            update work set attempts = attempts + 1, crashes = crashes + (lease_until is not null)::int,
              lease_until = now() + {Lease}, locked_by = {node}, fence = nextval('fences')
            -- An array is made once; `in (…)` may be planned so that it is asked again, and then claims more than the limit.
            where id = any(array(
              -- Kind by kind, so that no backlog of another kind is read through.
              select claimed.id from unnest({kinds.ToArray()}) as asked (kind) cross join lateral (
                select id, precedence, due_at from work
                where kind = asked.kind and due_at <= now() and (lease_until is null or lease_until < now())
                  and stuck_at is null and (lease_until is null or crashes + 1 < {CrashesBeforeStuck} or kind = {WorkKinds.Remove})
                order by precedence, due_at limit {limit} for update skip locked) as claimed
              order by claimed.precedence, claimed.due_at limit {limit}))
            returning *
            """).AsNoTracking().ToListAsync(cancel);

    /// <summary>Done: the row goes, unless somebody else has claimed it since.</summary>
    /// <returns>False where the claim was lost.</returns>
    public async Task<bool> CompleteAsync(WorkItem item, CancellationToken cancel) => await CompleteAsync([item], cancel) == 1;

    /// <inheritdoc cref="CompleteAsync(WorkItem, CancellationToken)"/>
    /// <returns>How many were still claimed; one that is just being brought forward stays, and is found done at its next claim.</returns>
    public Task<int> CompleteAsync(IReadOnlyCollection<WorkItem> items, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        delete from work where id = any(array(
          select id from work join unnest({Ids(items)}, {Fences(items)}) as mine (id, fence) using (id, fence) for update of work skip locked))
        """, cancel);

    /// <summary>Not now: the claim ends and the work is due again later, without counting as a failure.</summary>
    public Task PostponeAsync(WorkItem item, TimeSpan wait, CancellationToken cancel) => PostponeAsync([item], wait, cancel);

    /// <inheritdoc cref="PostponeAsync(WorkItem, TimeSpan, CancellationToken)"/>
    public Task PostponeAsync(IReadOnlyCollection<WorkItem> items, TimeSpan wait, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        update work set lease_until = null, locked_by = null, crashes = 0, due_at = now() + {wait}, attempts = greatest(attempts - 1, 0)
        where id = any(array(
          select id from work join unnest({Ids(items)}, {Fences(items)}) as mine (id, fence) using (id, fence) for update of work skip locked))
        """, cancel);

    /// <summary>Failed: tried again after a back-off of 1, 2, 4 … seconds, 10 minutes at most; then set aside for a day and visible.</summary>
    /// <param name="error">What went wrong, without personal data; cut at 500 characters.</param>
    public Task FailAsync(WorkItem item, string error, CancellationToken cancel)
    {
        var stuck = item.Attempts >= AttemptsBeforeStuck && item.Kind != WorkKinds.Remove;
        return db.Database.ExecuteSqlAsync($"""
            update work set lease_until = null, locked_by = null, crashes = 0, due_at = now() + {BackOff(item)}, last_error = {Cut(error)},
              stuck_at = case when {stuck} then now() end, retry_at = case when {stuck} then now() + interval '1 day' end
            where id = {item.Id} and fence = {item.Fence}
            """, cancel);
    }

    /// <summary>Trying again would give the same answer: set aside for a person to look at.</summary>
    /// <param name="error">As for <see cref="FailAsync"/>.</param>
    public Task SetAsideAsync(WorkItem item, string error, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        update work set lease_until = null, locked_by = null, crashes = 0, last_error = {Cut(error)}, stuck_at = now(), retry_at = null
        where id = {item.Id} and fence = {item.Fence}
        """, cancel);

    /// <summary>
    /// A decoder was lost with this picture: noted and told in one commit. By the picture's own doing three times, it is set aside;
    /// tried again by itself after 1, 2, 4 … days, 32 at most, but never where the decoder may have been taken over. A kill from
    /// outside is a failure like any other.
    /// </summary>
    public async Task LoseAsync(WorkItem item, LossReason reason, CancellationToken cancel)
    {
        var losses = item.Losses + (reason.IsOfThePicture() ? 1 : 0);
        var poison = reason.IsOfThePicture() && losses >= LossesBeforeStuck;
        var stuck = poison || item.Attempts >= AttemptsBeforeStuck;
        TimeSpan? pause = !stuck || (poison && reason == LossReason.Answer) ? null
            : TimeSpan.FromDays(poison ? Math.Pow(2, Math.Min(losses - LossesBeforeStuck, 5)) : 1);
        var error = poison
            ? $"Set aside: {losses} decoders were lost with this picture. The last one {reason.InWords()}."
            : $"Its decoder {reason.InWords()}.";
        await using var transaction = await db.BeginAsync(cancel);
        await db.Database.ExecuteSqlAsync($"""
            update work set lease_until = null, locked_by = null, crashes = 0, due_at = now() + {BackOff(item)}, last_error = {error},
              losses = {losses}, loss = {Words.Of(reason)},
              stuck_at = case when {stuck} then now() end, retry_at = now() + {pause}::interval
            where id = {item.Id} and fence = {item.Fence}
            """, cancel);
        Signals.DecoderLost(reason);
        var photo = await db.Photos.AnyAsync(row => row.Id == item.Subject, cancel) ? item.Subject : (Guid?)null;
        await db.CommitAsync(Act.OfSystem(item.SchoolId), cancel, new AuditEvent(
            "decoder.lost", photo, SubjectKind: item.Kind, SubjectId: $"{item.Subject}", Details: new { reason = Words.Of(reason), work = item.Kind, setAside = poison }));
    }

    /// <summary>What was set aside for a time is queued again; and what workers died with is set aside.</summary>
    /// <returns>Rows changed.</returns>
    public async Task<int> TurnAsync(CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync($"""
            update work set stuck_at = null, retry_at = null, attempts = 0, crashes = 0, due_at = now() where retry_at <= now()
            """, cancel)
        + await db.Database.ExecuteSqlAsync($"""
            update work set lease_until = null, locked_by = null, crashes = crashes + 1, last_error = {CrashesInWords},
              stuck_at = now(), retry_at = now() + interval '1 day'
            where lease_until < now() and stuck_at is null and crashes + 1 >= {CrashesBeforeStuck} and kind <> {WorkKinds.Remove}
            """, cancel);

    /// <summary>A worker that stops in order gives its claims back; nothing was wrong with them.</summary>
    public Task ReleaseAllAsync(string node, CancellationToken cancel) => db.Database.ExecuteSqlAsync(
        $"update work set lease_until = null, locked_by = null where locked_by = {node}", cancel);

    /// <summary>A worker that starts finds claims of its own only where it died: they need not wait for the end of their lease.</summary>
    public Task RecoverAsync(string node, CancellationToken cancel) => db.Database.ExecuteSqlAsync(
        $"update work set lease_until = now() - interval '1 ms' where locked_by = {node} and lease_until > now()", cancel);

    private static long[] Ids(IReadOnlyCollection<WorkItem> items) => [.. items.Select(item => item.Id)];

    private static long[] Fences(IReadOnlyCollection<WorkItem> items) => [.. items.Select(item => item.Fence)];

    private static string CrashesInWords =>
        $"Set aside: {CrashesBeforeStuck} workers in a row died while they had it.";

    private static TimeSpan BackOff(WorkItem item) => TimeSpan.FromSeconds(Math.Min(600, Math.Pow(2, Math.Min(item.Attempts, 12) - 1)));

    private static string Cut(string error) => error.Length > 500 ? error[..500] : error;
}
