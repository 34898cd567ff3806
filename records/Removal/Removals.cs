using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Removal;

/// <summary>
/// What has to disappear from where. Orders follow from records alone: <see cref="FollowAsync"/> derives them, whether an
/// operation calls it in its own transaction or a sweep comes by later (law 5).
/// </summary>
public sealed class Removals(RecordsDb db, PhotoStandings standings, KeyStore keys)
{
    /// <summary>
    /// Opens, in the caller's transaction, every order that now follows for these photos: our own copy where a cause destroys
    /// it, and each known copy on a channel where it is no longer cleared. An outside copy that is cleared again is let off.
    /// </summary>
    /// <param name="noted">The feed has been told of these photos in the same transaction.</param>
    /// <returns>How many photos will be destroyed.</returns>
    public async Task<int> FollowAsync(Act act, IReadOnlyCollection<Guid> photos, CancellationToken cancel, bool noted = false)
    {
        if (photos.Count == 0) return 0;
        await db.SaveChangesAsync(cancel);
        var now = await standings.ReadAsync(act.SchoolId, photos, cancel);
        var due = now.Values.Where(photo => photo.Order is null && photo.Destruction is { } cause && photo.Facts.IsOver(cause)).ToList();
        foreach (var group in due.GroupBy(photo => photo.Destruction!.Cause))
            await OpenAsync(act, [.. group.Select(photo => photo.Photo.Id)], group.Key, null, cancel, noted: noted ? photos : []);
        await FollowCopiesAsync(act, now, due.Select(photo => photo.Photo.Id).ToHashSet(), cancel);
        return due.Count;
    }

    /// <summary>
    /// What follows where a pupil stands against every picture on a channel: the known copies there of all that they are in.
    /// </summary>
    public Task OpenCopiesOfPupilAsync(Act act, Guid pupil, Channel channel, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into removals (id, school_id, photo_id, place, publication_id, channel, cause, opened_by, not_before)
        select gen_random_uuid(), publications.school_id, publications.photo_id, 'publication', id, channel, {Words.Of(RemovalCause.ChannelNotCleared)}, {act.By.StaffId}, now()
        from publications join photo_pupils on photo_pupils.photo_id = publications.photo_id
        where pupil_id = {pupil} and channel = {Words.Of(channel)}
          and not exists (select 1 from removals where publication_id = publications.id and done_at >= publications.published_at)
        order by publications.id
        on conflict (publication_id) where place = 'publication' and done_at is null and cancelled_at is null do nothing
        """, cancel);

    /// <summary>
    /// Orders the destruction of our own copy, in the caller's transaction. Hidden from the commit on; every outside copy becomes
    /// a removal of its own. A photo that has an order keeps it, but is not kept waiting longer than the new cause allows. What was
    /// made from it goes with it where the cause reaches that.
    /// </summary>
    /// <param name="noted">Photos that the feed has been told of in the same transaction.</param>
    public async Task OpenAsync(
        Act act, IReadOnlyCollection<Guid> photos, RemovalCause cause, DateTimeOffset? notBefore, CancellationToken cancel, Guid? purge = null,
        IReadOnlyCollection<Guid>? noted = null)
    {
        var made = cause.ReachesRedactions() ? await db.MadeFromAsync(photos, cancel) : [];
        var (ids, word) = (photos.Union(made).ToArray(), Words.Of(cause));
        await db.Database.ExecuteSqlAsync($"""
            with opened as (
              insert into removals (id, school_id, photo_id, place, cause, purge_id, opened_by, not_before)
              select gen_random_uuid(), school_id, id, 'store', {word}, {purge}, {act.By.StaffId}, coalesce({notBefore}, now())
              from photos where id = any({ids}) and school_id = {act.SchoolId} order by photos.id
              on conflict (photo_id) where place = 'store' and cancelled_at is null
              do update set not_before = least(removals.not_before, excluded.not_before)
              returning id, school_id, photo_id, not_before, opened_at = now() as is_new),
            queued as (
              insert into work (school_id, kind, subject, precedence, due_at)
              select school_id, {WorkKinds.Remove}, id, {(cause == RemovalCause.Retention ? 1 : 0)}, not_before from opened
              on conflict (kind, subject) do update
              set due_at = least(work.due_at, excluded.due_at), precedence = least(work.precedence, excluded.precedence))
            insert into audit_entries (school_id, event, actor_kind, actor_id, token_id, device_id, photo_id, subject_kind, subject_id, details)
            select school_id, 'removal.opened', {Words.Of(act.By.Kind)}, {act.By.StaffId}, {act.By.TokenId}, {act.By.DeviceId}, photo_id,
              'removal', id::text, jsonb_build_object('cause', {word}, 'place', 'store')
            from opened where is_new
            """, cancel);
        // deleteAfter hid them before, and was told then.
        await (cause == RemovalCause.Retention ? db.NoteEndsAsync(ids, cancel) : db.NotePhotosAsync([.. ids.Except(noted ?? [])], cancel));
        await OpenCopiesAsync(act, ids, Channels.All, cause, cancel);
    }

    /// <summary>A person says that an outside copy is down, and what they saw.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>removal-is-ours</c> 409 · <c>invalid</c> 422.</exception>
    public async Task MarkDoneAsync(Act act, Guid removal, string proof, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var order = await db.Removals.FromSql($"select * from removals where id = {removal} and school_id = {act.SchoolId} for update")
            .SingleOrDefaultAsync(cancel) ?? throw Refusals.NotFound("removal");
        Rights.ProveRemoval.Must(act.By);
        if (order.Place == RemovalPlace.Store)
            throw new Refusal("removal-is-ours", 409, "Our own copy is removed and checked by the system itself.");
        act.Answers(200, order.Id, order.PhotoId);
        if (order.DoneAt is not null)
        {
            await db.CommitAsync(act, cancel);
            return;
        }
        order.DoneAt = await db.NowAsync(cancel);
        order.DoneBy = act.By.Person;
        order.Prove(Fields.Needed(proof, "proof", 1000), await TextOfAsync(act, order.PublicationId!.Value, cancel));
        await db.CommitAsync(act, cancel, new AuditEvent("removal.done", order.PhotoId, "removal", order.Id.ToString()));
    }

    /// <summary>An attempt on our own store failed: seen in the list of what still has to disappear.</summary>
    public Task NoteFailureAsync(Guid order, Exception error, CancellationToken cancel)
    {
        // In words of ours: a message from inside may name folders, hosts or worse.
        var shown = error switch
        {
            BlobStoreUnavailableException => "The store of pictures could not be reached, or did not delete.",
            DbException or DbUpdateException or KeyStoreException => "A database could not be reached, or did not take the change.",
            _ => $"It failed ({error.GetType().Name}); the log says more.",
        };
        return db.Database.ExecuteSqlAsync(
            $"update removals set attempts = attempts + 1, last_error = {shown} where id = {order} and done_at is null", cancel);
    }

    /// <summary>The disclosure's own, made now where nobody wrote anything of it before.</summary>
    private async Task<TextKey> TextOfAsync(Act act, Guid publication, CancellationToken cancel) =>
        await keys.TextAsync(act.SchoolId, publication, cancel) ?? TextKey.Of(await keys.CreateAsync(KeyOf.Publication, act.SchoolId, publication, cancel));

    private async Task FollowCopiesAsync(
        Act act, IReadOnlyDictionary<Guid, PhotoStanding> photos, HashSet<Guid> beingDestroyed, CancellationToken cancel)
    {
        var ids = photos.Keys.Except(beingDestroyed).ToArray();
        var copies = await db.Publications.Where(row => ids.Contains(row.PhotoId)).Select(row => new { row.PhotoId, row.Channel }).Distinct().ToListAsync(cancel);
        foreach (var group in copies.GroupBy(copy => copy.Channel, copy => copy.PhotoId))
        {
            var channel = group.Key;
            var cleared = group.ToLookup(photo => photos[photo].IsCleared(channel));
            Guid[] on = [.. cleared[true]];
            await OpenCopiesAsync(act, [.. cleared[false]], [channel], RemovalCause.ChannelNotCleared, cancel);
            if (on.Length == 0) continue;
            await db.Database.ExecuteSqlAsync($"""
                update removals set cancelled_at = now()
                where photo_id = any({on}) and channel = {Words.Of(channel)} and place = 'publication' and done_at is null and cancelled_at is null
                """, cancel);
        }
    }

    private Task OpenCopiesAsync(Act act, Guid[] photos, IReadOnlyCollection<Channel> channels, RemovalCause cause, CancellationToken cancel) =>
        photos.Length == 0 ? Task.CompletedTask : db.Database.ExecuteSqlAsync($"""
            insert into removals (id, school_id, photo_id, place, publication_id, channel, cause, opened_by, not_before)
            select gen_random_uuid(), school_id, photo_id, 'publication', id, channel, {Words.Of(cause)}, {act.By.StaffId}, now()
            from publications
            where photo_id = any({photos}) and channel = any({channels.Select(channel => Words.Of(channel)).ToArray()})
              and not exists (select 1 from removals where publication_id = publications.id and done_at >= publications.published_at)
            order by publications.id
            on conflict (publication_id) where place = 'publication' and done_at is null and cancelled_at is null do nothing
            """, cancel);
}
