using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Photos;

internal static class WantedObjects
{
    /// <summary>Whether the object is registered and its photo is not being destroyed, which deletes the object before its row.</summary>
    public static Task<bool> IsWantedAsync(this RecordsDb db, string name, CancellationToken cancel) =>
        db.Objects.AnyAsync(row => row.Name == name && !db.Tombstones.Any(stone => stone.PhotoId == row.PhotoId), cancel);
}
