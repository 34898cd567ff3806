using Microsoft.EntityFrameworkCore;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Records.Photos;

/// <summary>A rendition that passed its check.</summary>
/// <param name="Format">jpeg or webp.</param>
public sealed record MadeRendition(ObjectKind Kind, string Format, int Width, int Height, ReadOnlyMemory<byte> Bytes);

/// <summary>Keeps renditions: registered, written, and finished in one commit that only the holder of the claim can make.</summary>
public sealed class RenditionDesk(RecordsDb db, PhotoVault vault, KeyStore keys)
{
    /// <summary>Whether all of these are there already, so that nothing has to be decoded.</summary>
    public async Task<bool> HasAsync(Guid photoId, IReadOnlyCollection<ObjectKind> kinds, CancellationToken cancel) =>
        await db.Objects.CountAsync(row => row.PhotoId == photoId && kinds.Contains(row.Kind) && row.StoredAt != null, cancel) == kinds.Count;

    /// <summary>The photo's kind; null once it is gone.</summary>
    public Task<PhotoKind?> KindAsync(Guid photoId, CancellationToken cancel) =>
        db.Photos.Where(row => row.Id == photoId).Select(row => (PhotoKind?)row.Kind).SingleOrDefaultAsync(cancel);

    /// <summary>Stores them, unless the photo is on its way out or somebody else has taken the work over since.</summary>
    /// <returns>False where the claim was lost; what was written is swept.</returns>
    /// <exception cref="Refusal"><c>gone</c> 410.</exception>
    public async Task<bool> KeepAsync(WorkItem claim, IReadOnlyList<MadeRendition> made, CancellationToken cancel)
    {
        var key = await keys.OpenAsync(claim.SchoolId, claim.Subject, cancel) ?? throw Refusals.Gone();
        var objects = await vault.RegisterAsync(
            claim.SchoolId, claim.Subject, known: true, [.. made.Select(item => (item.Kind, item.Format))], cancel);
        try
        {
            for (var nth = 0; nth < made.Count; nth++)
            {
                (objects[nth].Width, objects[nth].Height) = (made[nth].Width, made[nth].Height);
                await vault.WriteAsync(objects[nth], made[nth].Bytes, key, cancel);
            }
            return await FinishAsync(claim, objects, cancel);
        }
        catch (Refusal gone) when (gone.Status == 410)
        {
            // Not a minute longer than it takes; where this fails, the sweep of unfinished objects does it.
            db.ChangeTracker.Clear();
            foreach (var item in objects) await vault.TakeBackAsync(item.Name, CancellationToken.None);
            throw;
        }
    }

    private async Task<bool> FinishAsync(WorkItem claim, IReadOnlyList<StoredObject> objects, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPhotosToChangeAsync([claim.Subject], cancel);
        if (await db.Tombstones.AnyAsync(row => row.PhotoId == claim.Subject, cancel)) throw Refusals.Gone();
        // Held while it was being made: of what is held, nothing new comes to be (P16). The release queues it again.
        if (await db.IsHeldAsync(claim.Subject, cancel)) throw Refusals.Gone();
        // The fencing token: whoever claimed the work since has a newer one.
        var mine = await db.Database.ExecuteSqlAsync($"delete from work where id = {claim.Id} and fence = {claim.Fence}", cancel);
        if (mine == 0) return false;
        var now = await db.NowAsync(cancel);
        foreach (var item in objects) item.StoredAt = now;
        await db.NotePhotosAsync([claim.Subject], cancel);
        try
        {
            await db.CommitAsync(Act.OfSystem(claim.SchoolId), cancel, new AuditEvent(
                "photo.rendered", claim.Subject, Details: new { renditions = objects.Select(item => Words.Of(item.Kind)) }));
            return true;
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { ConstraintName: "objects_finished" })
        {
            return false;
        }
    }
}
