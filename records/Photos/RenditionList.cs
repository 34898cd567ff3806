using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

/// <summary>Which sizes of photos are there.</summary>
public sealed class RenditionList(RecordsDb db)
{
    /// <summary>The sizes that can be shown, by photo. Whether somebody may see them is asked elsewhere.</summary>
    public async Task<ILookup<Guid, ObjectKind>> ReadyAsync(IReadOnlyCollection<Guid> photos, CancellationToken cancel) =>
        (await db.Objects.AsNoTracking()
            .Where(row => photos.Contains(row.PhotoId) && row.StoredAt != null && row.Kind != ObjectKind.Original)
            .Select(row => new { row.PhotoId, row.Kind }).ToListAsync(cancel)).ToLookup(row => row.PhotoId, row => row.Kind);
}
