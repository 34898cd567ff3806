using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>Pictures that were made from one another: the one that was uploaded, its redactions, and theirs.</summary>
public static class Families
{
    /// <summary>Families in which a hold stands; it holds all of them, since each shows something of what the others show.</summary>
    public static IQueryable<Guid> HeldFamilies(this RecordsDb db) => db.Holds.Where(hold => hold.ReleasedAt == null)
        .Join(db.Photos, hold => hold.PhotoId, photo => photo.Id, (_, photo) => photo.FamilyId);

    /// <summary>Whether a hold stands on the photo or on any of its family; not once the photo's row is gone.</summary>
    public static Task<bool> IsHeldAsync(this RecordsDb db, Guid photo, CancellationToken cancel) =>
        db.HeldFamilies().AnyAsync(family => db.Photos.Any(row => row.Id == photo && row.FamilyId == family), cancel);

    /// <summary>
    /// Locks the photos with all of their families, by id, and looks again: what was made from one of them while this waited is locked
    /// too. Afterwards nothing is made from any of them until the transaction ends.
    /// </summary>
    /// <returns>All that are locked.</returns>
    public static async Task<IReadOnlyList<Guid>> LockFamiliesToChangeAsync(this RecordsDb db, IReadOnlyCollection<Guid> photos, CancellationToken cancel)
    {
        for (var before = -1; ;)
        {
            var locked = await db.Database.SqlQuery<Guid>($"""
                select id as "Value" from photos where family_id in (select family_id from photos where id = any({photos.ToArray()})) order by id for update
                """).ToListAsync(cancel);
            if (locked.Count == before) return locked;
            before = locked.Count;
        }
    }

    /// <summary>What was made from these photos, and from that in turn.</summary>
    public static Task<List<Guid>> MadeFromAsync(this RecordsDb db, IReadOnlyCollection<Guid> photos, CancellationToken cancel) =>
        db.Database.SqlQuery<Guid>($"""
            with recursive below (id) as (
              select photo_id from redactions where source_id = any({photos.ToArray()}) and made_at is not null
              union select photo_id from redactions join below on source_id = below.id where made_at is not null)
            select id as "Value" from below
            """).ToListAsync(cancel);

    /// <summary>What the photo was made from, and that in turn.</summary>
    public static Task<List<Guid>> SourcesAsync(this RecordsDb db, Guid photo, CancellationToken cancel) =>
        db.Database.SqlQuery<Guid>($"""
            with recursive above (id) as (
              select source_id from redactions where photo_id = {photo}
              union select source_id from redactions join above on photo_id = above.id)
            select id as "Value" from above
            """).ToListAsync(cancel);
}
