using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Removal;

/// <summary>
/// Destroys photos in the order of law 4: tombstone, key, objects, look, row, certificate; a batch of them together, each step
/// committed for all of them before the next (docs/decisions/0016). Every step is harmless when repeated, so a run that died anywhere is
/// simply run again, and what cannot go on is left out while the others do.
/// </summary>
public sealed class RemovalRun(RecordsDb db, IBlobStore blobs, KeyStore keys)
{
    /// <summary>So many orders at most are carried out together: a second's work, so that whoever comes next does not wait long.</summary>
    public const int Together = 250;

    /// <summary>
    /// How long the store may take to delete, and again to be looked at. Twice this and the commits lie well within a lease; what it did
    /// not come to has failed and comes again.
    /// </summary>
    private static readonly TimeSpan StoreTime = TimeSpan.FromSeconds(15);

    /// <summary>Carries out these orders on our own store, of any schools. One that fails keeps none of the others.</summary>
    /// <returns>How each of them ended.</returns>
    public async Task<IReadOnlyDictionary<Guid, RemovalEnd>> CarryOutAsync(IReadOnlyCollection<Guid> orders, CancellationToken cancel)
    {
        try
        {
            return await TogetherAsync([.. orders], cancel);
        }
        catch (Exception error) when (error is not OperationCanceledException && (orders.Count == 1 || error is DbException { IsTransient: true }))
        {
            return orders.ToDictionary(order => order, _ => new RemovalEnd(RemovalOutcome.Failed, error));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One of them is to blame: the halves find out which.
            var ends = new Dictionary<Guid, RemovalEnd>();
            foreach (var half in orders.Chunk((orders.Count + 1) / 2))
                foreach (var (order, end) in await CarryOutAsync(half, cancel)) ends[order] = end;
            return ends;
        }
    }

    private async Task<Dictionary<Guid, RemovalEnd>> TogetherAsync(Guid[] orders, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var ends = orders.ToDictionary(order => order, _ => new RemovalEnd(RemovalOutcome.NothingToDo));
        using (Signals.StartStep("removal tombstone", orders.Length)) await SetTombstonesAsync(orders, cancel);
        var dying = new Dictionary<Guid, Guid>();
        foreach (var order in await StandingAsync(orders, cancel))
        {
            if (order.Tombstoned) dying[order.PhotoId] = order.Id;
            else ends[order.Id] = new(order.Held ? RemovalOutcome.Held : RemovalOutcome.TooEarly);
        }
        if (dying.Count == 0) return ends;

        using (Signals.StartStep("removal keys", dying.Count)) await DestroyKeysAsync(dying, cancel);
        foreach (var photo in await WritersLeftAsync([.. dying.Keys], cancel))
            if (dying.Remove(photo, out var order)) ends[order] = new(RemovalOutcome.WritersLeft);
        var deleted = await DeleteObjectsAsync(dying, ends, cancel);
        var lookedAt = await LookAsync(dying, ends, cancel);
        await CertifyAsync([.. dying.Keys], [.. dying.Keys.Select(photo => deleted[photo])], lookedAt, cancel);
        foreach (var order in dying.Values) ends[order] = new(RemovalOutcome.Done);
        return ends;
    }

    /// <summary>
    /// Under the locks of the photos, which whoever places a hold takes too: after this commit nothing keeps those photos. What is held or
    /// too early is left.
    /// </summary>
    private async Task SetTombstonesAsync(Guid[] orders, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var photos = await db.Removals.Where(row => orders.Contains(row.Id) && row.TombstonedAt == null && row.CancelledAt == null)
            .Select(row => row.PhotoId).ToArrayAsync(cancel);
        await db.LockPhotosToChangeAsync(photos, cancel);
        // In the order in which they are opened.
        await db.Database.ExecuteSqlAsync($"select 1 from removals where id = any({orders}) order by photo_id for update", cancel);
        await db.Database.ExecuteSqlAsync($"""
            with set as (
              update removals set tombstoned_at = now()
              where id = any({orders}) and place = 'store' and tombstoned_at is null and cancelled_at is null and not_before <= now()
                and photo_id <> all(array(select id from photos where id = any({photos}) and family_id in (select family_id from held_families)))
              returning id, school_id, photo_id, cause),
            stones as (
              insert into tombstones (photo_id, school_id, cause, order_id) select photo_id, school_id, cause, id from set),
            digests as (
              update picture_digests set destroyed_at = now() from set where picture_digests.photo_id = set.photo_id)
            insert into audit_entries (school_id, event, actor_kind, photo_id, subject_kind, subject_id, details)
            select school_id, 'photo.tombstoned', {Words.Of(ActorKind.System)}, photo_id, 'removal', id::text, jsonb_build_object('cause', cause) from set
            """, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>How the orders stand now that are neither done nor cancelled.</summary>
    private Task<List<Standing>> StandingAsync(Guid[] orders, CancellationToken cancel) => db.Database.SqlQuery<Standing>($"""
        select removals.id as "Id", photo_id as "PhotoId", tombstoned_at is not null as "Tombstoned",
          tombstoned_at is null and coalesce(family_id in (select family_id from held_families), false) as "Held"
        from removals left join photos on photos.id = photo_id
        where removals.id = any({orders}) and place = 'store' and done_at is null and cancelled_at is null
        """).ToListAsync(cancel);

    private async Task DestroyKeysAsync(IReadOnlyDictionary<Guid, Guid> dying, CancellationToken cancel)
    {
        await keys.DestroyAsync([.. dying.Keys], cancel);
        await db.Database.ExecuteSqlAsync(
            $"update removals set key_destroyed_at = now() where id = any({dying.Values.ToArray()}) and key_destroyed_at is null", cancel);
    }

    /// <summary>An object that was registered before the tombstone may still be on its way into the store.</summary>
    private Task<List<Guid>> WritersLeftAsync(Guid[] photos, CancellationToken cancel) => db.Database.SqlQuery<Guid>($"""
        select distinct photo_id as "Value" from objects where photo_id = any({photos}) and stored_at is null and write_before > now()
        """).ToListAsync(cancel);

    /// <returns>Objects of each photo that were known or found. What could not be deleted is dying no more.</returns>
    private async Task<Dictionary<Guid, int>> DeleteObjectsAsync(Dictionary<Guid, Guid> dying, Dictionary<Guid, RemovalEnd> ends, CancellationToken cancel)
    {
        using var step = Signals.StartStep("removal objects", dying.Count);
        var deleted = await AtTheStoreAsync(dying, (folders, limit) => blobs.DeleteFoldersAsync(folders, limit), cancel);
        foreach (var (photo, result) in deleted.Where(item => item.Value.Error is not null)) Fail(photo, result.Error!, dying, ends);
        return deleted.ToDictionary(item => item.Key, item => item.Value.Objects);
    }

    /// <summary>Looks at the store and at the keys. What is still there is dying no more.</summary>
    private async Task<DateTimeOffset> LookAsync(Dictionary<Guid, Guid> dying, Dictionary<Guid, RemovalEnd> ends, CancellationToken cancel)
    {
        using var step = Signals.StartStep("removal look", dying.Count);
        foreach (var (photo, result) in await AtTheStoreAsync(dying, (folders, limit) => blobs.LookAsync(folders, limit), cancel))
        {
            var error = result.Error ?? (result.Objects == 0 ? null : new BlobStoreUnavailableException($"{result.Folder.Prefix} was deleted and is still there."));
            if (error is not null) Fail(photo, error, dying, ends);
        }
        foreach (var photo in await keys.ExistingAsync(dying.Keys, cancel))
            Fail(photo, new InvalidOperationException("The photo's key was destroyed and is still there."), dying, ends);
        return await db.NowAsync(cancel);
    }

    private async Task<Dictionary<Guid, BlobFolderResult>> AtTheStoreAsync(
        Dictionary<Guid, Guid> dying, Func<IReadOnlyCollection<BlobFolder>, CancellationToken, Task<IReadOnlyList<BlobFolderResult>>> act, CancellationToken cancel)
    {
        if (dying.Count == 0) return [];
        // Both what the registry knows and what the store holds: neither is trusted to know everything.
        var photos = dying.Keys.ToArray();
        var known = (await db.Objects.Where(row => photos.Contains(row.PhotoId)).Select(row => new { row.PhotoId, row.Name }).ToListAsync(cancel))
            .ToLookup(row => row.PhotoId, row => row.Name);
        var folders = photos.ToDictionary(photo => new BlobFolder(BlobName.FolderOf(photo), [.. known[photo]]));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(StoreTime);
        var results = await act(folders.Keys, limit.Token);
        cancel.ThrowIfCancellationRequested();
        return results.ToDictionary(result => folders[result.Folder]);
    }

    private static void Fail(Guid photo, Exception error, Dictionary<Guid, Guid> dying, Dictionary<Guid, RemovalEnd> ends)
    {
        if (dying.Remove(photo, out var order)) ends[order] = new(RemovalOutcome.Failed, error);
    }

    /// <summary>One commit: everything that hangs on the photos goes, and each has its certificate.</summary>
    private async Task CertifyAsync(Guid[] looked, int[] deleted, DateTimeOffset lookedAt, CancellationToken cancel)
    {
        using var step = Signals.StartStep("removal certificate", looked.Length);
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToChangeAsync(looked, cancel);
        // Another worker may have been here before.
        var photos = (await db.Database.SqlQuery<Guid>($"""
            select photo_id as "Value" from removals
            where photo_id = any({looked}) and place = 'store' and cancelled_at is null and done_at is null order by photo_id for update
            """).ToListAsync(cancel)).ToArray();
        if (photos.Length == 0) return;
        await db.NoteEndsAsync(photos, cancel);
        await db.Database.ExecuteSqlAsync($"delete from work where kind = any({WorkKinds.OfPhotos}) and subject = any({photos})", cancel);
        await RedactionWork.ForgetAsync(db, photos, cancel);
        await db.Holds.Where(row => photos.Contains(row.PhotoId)).ExecuteDeleteAsync(cancel);
        await db.Concerns.Where(row => photos.Contains(row.PhotoId)).ExecuteDeleteAsync(cancel);
        await db.ScreeningDecisions.Where(row => photos.Contains(row.PhotoId)).ExecuteDeleteAsync(cancel);
        await db.PhotoPupils.Where(row => photos.Contains(row.PhotoId)).ExecuteDeleteAsync(cancel);
        await db.Objects.Where(row => photos.Contains(row.PhotoId)).ExecuteDeleteAsync(cancel);
        await db.Photos.Where(row => photos.Contains(row.Id)).ExecuteDeleteAsync(cancel);
        await db.Database.ExecuteSqlAsync($"""
            with done as (
              update removals set looked_at = {lookedAt}, done_at = now(), last_error = null
              from unnest({looked}, {deleted}) as seen (photo, objects)
              where photo_id = photo and photo_id = any({photos}) and place = 'store' and cancelled_at is null and done_at is null
              returning removals.*, objects),
            certified as (
              insert into certificates (photo_id, school_id, cause, opened_at, tombstoned_at, key_destroyed_at, objects_deleted, looked_at, store, erasure)
              select photo_id, school_id, cause, opened_at, tombstoned_at, key_destroyed_at, objects, looked_at, {blobs.Description},
                {Words.Of(blobs.Posture.Erasure)} from done)
            insert into audit_entries (school_id, event, actor_kind, photo_id, subject_kind, subject_id, details)
            select school_id, 'photo.destroyed', {Words.Of(ActorKind.System)}, photo_id, 'removal', id::text,
              jsonb_build_object('cause', cause, 'objects', objects) from done
            """, cancel);
        // Last, since every batch of a run counts in the same row; in the order of their ids where there are more.
        await db.Database.ExecuteSqlAsync($"""
            with counted as (
              select purge_id, count(*)::int as photos from removals where photo_id = any({photos}) and place = 'store' and cancelled_at is null group by 1),
            locked as (select id from purges where id in (select purge_id from counted) order by id for update)
            update purges set destroyed = destroyed + counted.photos from counted join locked on locked.id = purge_id where purges.id = purge_id
            """, cancel);
        await transaction.CommitAsync(cancel);
    }

    private sealed record Standing(Guid Id, Guid PhotoId, bool Tombstoned, bool Held);
}
