using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Store;

/// <summary>Who has a key: all others are swept, and missing ones are found.</summary>
internal static class KeyOwners
{
    /// <summary>A redaction still to be made has its key before it has its photo, from the first attempt on.</summary>
    public static IQueryable<Guid> OwnersOfKeys(this RecordsDb db, KeyOf of) => of switch
    {
        KeyOf.Photo => db.Photos.Select(row => row.Id)
            .Concat(db.Redactions.Where(row => row.MadeAt == null && row.Failed == null).Select(row => row.PhotoId)),
        KeyOf.Pupil => db.Pupils.Select(row => row.Id),
        KeyOf.Publication => db.Publications.Select(row => row.Id),
        _ => throw new ArgumentOutOfRangeException(nameof(of)),
    };

    /// <summary>Who cannot do without: a disclosure that nobody wrote anything of has none.</summary>
    public static IQueryable<Guid> NeedingKeys(this RecordsDb db, KeyOf of) => of switch
    {
        // One whose key a disaster took is known to be lost, and goes as soon as no hold keeps its row.
        KeyOf.Photo => db.Photos.Select(row => row.Id).Where(id => !db.Tombstones.Any(stone => stone.PhotoId == id)
            && !db.Removals.Any(order => order.PhotoId == id && order.Cause == Removal.RemovalCause.KeyGone)),
        KeyOf.Pupil => db.Pupils.Select(row => row.Id),
        KeyOf.Publication => db.Publications.Where(row => row.Kind == Publication.PublicationKind.Manual).Select(row => row.Id),
        _ => throw new ArgumentOutOfRangeException(nameof(of)),
    };
}
