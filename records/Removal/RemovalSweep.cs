using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Removal;

/// <summary>
/// Finds, from records alone, every removal that should be open or queued and is not (law 5): a lost work row costs a little
/// time, never the removal.
/// </summary>
public sealed class RemovalSweep(RecordsDb db, Removals removals)
{
    private const int Page = 500;

    /// <summary>Opens what follows from the records of one school.</summary>
    /// <param name="copiesToo">Also every photo that was ever given out, whose copies might have to come down: dearer, for the hourly look.</param>
    /// <returns>Photos that will be destroyed.</returns>
    public async Task<int> FollowAsync(Guid school, bool copiesToo, CancellationToken cancel)
    {
        var opened = 0;
        var after = Guid.Empty;
        while (true)
        {
            db.ChangeTracker.Clear();
            var page = await SuspectsAsync(school, copiesToo, after, cancel);
            if (page.Count == 0) return opened;
            await using var transaction = await db.BeginAsync(cancel);
            // With what was made from them: a rejection reaches that too.
            await db.LockFamiliesToChangeAsync(page, cancel);
            opened += await removals.FollowAsync(Act.OfSystem(school), page, cancel);
            await transaction.CommitAsync(cancel);
            after = page[^1];
        }
    }

    /// <summary>
    /// Queues every open order of our own store that has no work row. Which those are is the difference of two sets, read once each: a join
    /// was planned by the statistics of the quiet day before a purge, and read the queue again for every order.
    /// </summary>
    public Task<int> QueueAsync(CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into work (school_id, kind, subject, precedence, due_at)
        select school_id, {WorkKinds.Remove}, id, (cause = {Words.Of(RemovalCause.Retention)})::int, not_before from removals
        where id = any(array(
          select id from removals where place = 'store' and done_at is null and cancelled_at is null
          except select subject from work where kind = {WorkKinds.Remove} and stuck_at is null))
        on conflict (kind, subject) do update set stuck_at = null where work.stuck_at is not null
        """, cancel);

    /// <summary>
    /// Photos with no order that a rule might destroy, or whose known copies might have to come down: more than the rules destroy, never fewer.
    /// The rules decide.
    /// </summary>
    private Task<List<Guid>> SuspectsAsync(Guid school, bool copiesToo, Guid after, CancellationToken cancel) => db.Database.SqlQuery<Guid>($"""
        select id as "Value" from photos
        where school_id = {school} and id > {after}
          and not exists (select 1 from removals where photo_id = photos.id and place = 'store' and cancelled_at is null)
          and (
            (not nobody_else and not exists (select 1 from photo_pupils where photo_id = photos.id))
            or exists (
              select 1 from photo_pupils tag where tag.photo_id = photos.id and (
                not exists (
                  select 1 from consent_answers where pupil_id = tag.pupil_id and channel = 'internal' and answer = 'given' and by_kind = 'guardian'
                    and not exists (select 1 from consent_invalidations where answer_id = consent_answers.id))
                or exists (select 1 from consent_answers where pupil_id = tag.pupil_id and channel = 'internal' and answer <> 'given')))
            or exists (select 1 from screening_decisions where photo_id = photos.id and decision = 'rejected')
            or ({copiesToo} and exists (select 1 from publications where photo_id = photos.id)))
        order by id limit {Page}
        """).ToListAsync(cancel);
}
