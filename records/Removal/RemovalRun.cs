using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Removal;

/// <summary>How far a removal came. Only <see cref="Done"/> ends it.</summary>
public enum RemovalOutcome
{
    Done,

    /// <summary>Cancelled, or done before.</summary>
    NothingToDo,

    /// <summary>A hold beats every deletion.</summary>
    Held,

    /// <summary>The wait that a rule names is not over.</summary>
    TooEarly,

    /// <summary>A writer may still be at work on the photo; its time ends within a minute.</summary>
    WritersLeft,
}

/// <summary>
/// Destroys one photo in the order of law 4: tombstone, key, objects, look, row, certificate. Each step is committed before the
/// next and harmless when repeated, so a run that died anywhere is simply run again.
/// </summary>
public sealed class RemovalRun(RecordsDb db, IBlobStore blobs, KeyStore keys)
{
    /// <exception cref="BlobStoreUnavailableException">The store cannot delete or be looked at now; nothing is claimed gone.</exception>
    public async Task<RemovalOutcome> CarryOutAsync(Guid orderId, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var order = await db.Removals.SingleOrDefaultAsync(row => row.Id == orderId && row.Place == RemovalPlace.Store, cancel);
        if (order is null || order.CancelledAt is not null || order.DoneAt is not null) return RemovalOutcome.NothingToDo;

        if (order.TombstonedAt is null && await SetTombstoneAsync(order, cancel) is { } reason) return reason;
        await DestroyKeyAsync(order, cancel);
        if (await WritersLeftAsync(order.PhotoId, cancel)) return RemovalOutcome.WritersLeft;
        var deleted = await DeleteObjectsAsync(order.PhotoId, cancel);
        await LookAsync(order, cancel);
        await CertifyAsync(order, deleted, cancel);
        return RemovalOutcome.Done;
    }

    /// <returns>Why the photo is not destroyed now; null once the tombstone stands.</returns>
    private async Task<RemovalOutcome?> SetTombstoneAsync(RemovalOrder order, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToChangeAsync([order.PhotoId], cancel);
        await db.Entry(order).ReloadAsync(cancel);
        if (order.CancelledAt is not null) return RemovalOutcome.NothingToDo;
        if (order.TombstonedAt is not null) return null;
        if (await db.IsHeldAsync(order.PhotoId, cancel)) return RemovalOutcome.Held;
        var now = await db.NowAsync(cancel);
        if (order.NotBefore > now) return RemovalOutcome.TooEarly;

        db.Tombstones.Add(new Tombstone { PhotoId = order.PhotoId, SchoolId = order.SchoolId, Cause = order.Cause, OrderId = order.Id });
        order.TombstonedAt = now;
        await db.PictureDigests.Where(digest => digest.PhotoId == order.PhotoId)
            .ExecuteUpdateAsync(set => set.SetProperty(digest => digest.DestroyedAt, now), cancel);
        await db.CommitAsync(Act.OfSystem(order.SchoolId), cancel, new AuditEvent(
            "photo.tombstoned", order.PhotoId, "removal", order.Id.ToString(), new { cause = Words.Of(order.Cause) }));
        return null;
    }

    private async Task DestroyKeyAsync(RemovalOrder order, CancellationToken cancel)
    {
        await keys.DestroyAsync(order.PhotoId, cancel);
        if (order.KeyDestroyedAt is not null) return;
        order.KeyDestroyedAt = await db.NowAsync(cancel);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>An object that was registered before the tombstone may still be on its way into the store.</summary>
    private Task<bool> WritersLeftAsync(Guid photo, CancellationToken cancel) => db.Database
        .SqlQuery<string>($"select name as \"Value\" from objects where photo_id = {photo} and stored_at is null and write_before > now()")
        .AnyAsync(cancel);

    private async Task<int> DeleteObjectsAsync(Guid photo, CancellationToken cancel)
    {
        // Both what the registry knows and what the store holds: neither is trusted to know everything.
        var names = (await db.Objects.Where(item => item.PhotoId == photo).Select(item => item.Name).ToListAsync(cancel)).ToHashSet();
        await foreach (var entry in blobs.ListAsync(BlobName.FolderOf(photo), cancel)) names.Add(entry.Name);
        foreach (var name in names) await blobs.DeleteAsync(name, cancel);
        return names.Count;
    }

    private async Task LookAsync(RemovalOrder order, CancellationToken cancel)
    {
        await foreach (var entry in blobs.ListAsync(BlobName.FolderOf(order.PhotoId), cancel))
            throw new BlobStoreUnavailableException($"The object {entry.Name} was deleted and is still there.");
        foreach (var name in await db.Objects.Where(item => item.PhotoId == order.PhotoId).Select(item => item.Name).ToListAsync(cancel))
        {
            if (await blobs.ExistsAsync(name, cancel))
                throw new BlobStoreUnavailableException($"The object {name} was deleted and is still there.");
        }
        if (await keys.ExistsAsync(order.PhotoId, cancel)) throw new InvalidOperationException("The photo's key was destroyed and is still there.");
        order.LookedAt = await db.NowAsync(cancel);
        await db.SaveChangesAsync(cancel);
    }

    private async Task CertifyAsync(RemovalOrder order, int deleted, CancellationToken cancel)
    {
        var photo = order.PhotoId;
        await using var transaction = await db.BeginAsync(cancel);
        await db.NotePhotosAsync([photo], cancel);
        await db.Database.ExecuteSqlAsync($"delete from work where subject = {photo}", cancel);
        var dropped = await RedactionWork.ForgetAsync(db, photo, cancel);
        await db.Holds.Where(row => row.PhotoId == photo).ExecuteDeleteAsync(cancel);
        await db.Concerns.Where(row => row.PhotoId == photo).ExecuteDeleteAsync(cancel);
        await db.ScreeningDecisions.Where(row => row.PhotoId == photo).ExecuteDeleteAsync(cancel);
        await db.PhotoPupils.Where(row => row.PhotoId == photo).ExecuteDeleteAsync(cancel);
        await db.Objects.Where(row => row.PhotoId == photo).ExecuteDeleteAsync(cancel);
        await db.Photos.Where(row => row.Id == photo).ExecuteDeleteAsync(cancel);
        db.Certificates.Add(new Certificate
        {
            PhotoId = photo,
            SchoolId = order.SchoolId,
            Cause = order.Cause,
            OpenedAt = order.OpenedAt,
            TombstonedAt = order.TombstonedAt!.Value,
            KeyDestroyedAt = order.KeyDestroyedAt!.Value,
            ObjectsDeleted = deleted,
            LookedAt = order.LookedAt!.Value,
            Store = blobs.Description,
        });
        order.DoneAt = await db.NowAsync(cancel);
        order.LastError = null;
        await db.CommitAsync(Act.OfSystem(order.SchoolId), cancel, [.. dropped, new AuditEvent(
            "photo.destroyed", photo, "removal", order.Id.ToString(), new { cause = Words.Of(order.Cause), objects = deleted })]);
    }
}
