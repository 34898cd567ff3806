using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>There has been no backup, or no copy of the keys, for too long.</summary>
/// <param name="Since">The latest one; where there never was one, when the school was made.</param>
public sealed record MissedBackup(BackupOf What, DateTimeOffset Since);

/// <summary>
/// Backups are made from outside, by whatever starts the verb every night; the records know of each that ended whole, so that a night
/// without one is noticed by those who depend on it.
/// </summary>
public sealed class BackupNotes(RecordsDb db)
{
    /// <summary>Without one for so long, somebody is told.</summary>
    public static readonly TimeSpan Missed = TimeSpan.FromHours(26);

    private const int LongestPlace = 300;

    /// <summary>Notes one that was read back and found whole; in the chain of every school, since all of them are in it.</summary>
    public async Task<Backup> NoteAsync(BackupOf what, DateTimeOffset at, string place, int items, int mended, CancellationToken cancel)
    {
        var backup = new Backup { Id = Guid.CreateVersion7(), What = what, At = at, Place = place[..Math.Min(place.Length, LongestPlace)], Items = items, Mended = mended };
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        db.Backups.Add(backup);
        var made = new AuditEvent("backup.made", SubjectKind: "backup", SubjectId: backup.Id.ToString(), Details: new { what = Words.Of(what), items, mended });
        foreach (var school in await db.Schools.AsNoTracking().OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancel))
            db.AuditEntries.Add(made.By(Act.OfSystem(school)));
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return backup;
    }

    /// <summary>The latest of its kind; null where there is none.</summary>
    public Task<Backup?> LatestAsync(BackupOf what, CancellationToken cancel) =>
        db.Backups.AsNoTracking().Where(row => row.What == what).OrderByDescending(row => row.At).FirstOrDefaultAsync(cancel);

    /// <summary>What the school has been without for 26 hours, by the database's clock. A new school is given as long.</summary>
    public async Task<IReadOnlyList<MissedBackup>> MissedAsync(Guid school, CancellationToken cancel)
    {
        var (now, missed) = (await db.NowAsync(cancel), new List<MissedBackup>());
        var created = await db.Schools.Where(row => row.Id == school).Select(row => row.CreatedAt).SingleAsync(cancel);
        foreach (var what in Enum.GetValues<BackupOf>())
        {
            var since = await LatestAsync(what, cancel) is { } last && last.At > created ? last.At : created;
            if (since < now - Missed) missed.Add(new(what, since));
        }
        return missed;
    }

    /// <summary>Writes it into the chain of each school that is without; once, until there is one again.</summary>
    /// <returns>Those told of now.</returns>
    public async Task<IReadOnlyList<MissedBackup>> TellAsync(CancellationToken cancel)
    {
        var told = new List<MissedBackup>();
        foreach (var school in await db.Schools.AsNoTracking().Select(row => row.Id).ToListAsync(cancel))
        {
            foreach (var missed in await MissedAsync(school, cancel))
            {
                db.ChangeTracker.Clear();
                await using var transaction = await db.BeginAsync(cancel);
                await Purges.LockSchoolAsync(db, school, cancel);
                var what = Words.Of(missed.What);
                if (await db.AuditEntries.AnyAsync(row => row.SchoolId == school && row.Event == "backup.missed" && row.SubjectId == what && row.At > missed.Since, cancel)) continue;
                told.Add(missed);
                await db.CommitAsync(Act.OfSystem(school), cancel, new AuditEvent("backup.missed", SubjectKind: "backup", SubjectId: what, Details: new { since = missed.Since }));
            }
        }
        return told;
    }
}
