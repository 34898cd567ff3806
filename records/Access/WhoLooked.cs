using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Access;

/// <summary>One opening of a photo or of a pupil's record.</summary>
/// <param name="Entry">Number of the audit entry.</param>
/// <param name="Rendition">Of a photo.</param>
/// <param name="Channel">Where it was taken for a channel.</param>
public sealed record Opening(long Entry, DateTimeOffset At, ActorKind Kind, Guid Person, string Name, Guid? Device, string? Rendition, string? Channel);

/// <summary>Who looked at this: for the head and the safeguarding lead, and written down like every look.</summary>
public sealed class WhoLooked(RecordsDb db, PhotoSight sight, PupilDesk pupils, ReadLog reads)
{
    /// <summary>Who opened a photo, newest first; also of one that is destroyed, while the access log is kept. Our own renderer is nobody.</summary>
    /// <param name="before">The entry before which the list goes on; 0 for the newest.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>gone</c> 410 · <c>role-may-not</c> 403.</exception>
    public async Task<IReadOnlyList<Opening>> OfPhotoAsync(Act act, Guid photo, long before, int limit, CancellationToken cancel)
    {
        if (!Rights.SeeLooks.Allows(act.By)) await sight.FindAsync(act, photo, cancel);
        AlarmDesk.MustLookInto(act);
        // What is held is nobody's but the safeguarding lead's.
        var known = await db.Photos.AnyAsync(row => row.Id == photo && row.SchoolId == act.SchoolId, cancel)
            || await db.Tombstones.AnyAsync(row => row.PhotoId == photo && row.SchoolId == act.SchoolId, cancel);
        if (!known || (!Rights.SeeHeldWhy.Allows(act.By) && await db.IsHeldAsync(photo, cancel))) throw Refusals.NotFound("picture");
        var found = await ReadAsync(db.AuditEntries.Where(row => row.PhotoId == photo && row.Event == "photo.opened"), act, before, limit, cancel);
        await reads.OpeningsReadAsync(act, photo, found.Count, cancel);
        return found;
    }

    /// <summary>Who opened the record of a pupil, newest first.</summary>
    /// <inheritdoc cref="OfPhotoAsync"/>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<IReadOnlyList<Opening>> OfPupilAsync(Act act, string misId, long before, int limit, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        AlarmDesk.MustLookInto(act);
        var id = pupil.Id.ToString();
        var found = await ReadAsync(db.AuditEntries.Where(row => row.SubjectId == id && row.Event == "pupil.opened"), act, before, limit, cancel);
        await reads.PupilOpeningsReadAsync(act, pupil.Id, found.Count, cancel);
        return found;
    }

    private async Task<IReadOnlyList<Opening>> ReadAsync(IQueryable<AuditEntry> entries, Act act, long before, int limit, CancellationToken cancel)
    {
        var rows = await entries.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && row.ActorId != null && (before == 0 || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit)
            .Join(db.Staff, row => row.ActorId, person => person.Id, (row, person) => new { row, person.Name }).ToListAsync(cancel);
        return [.. rows.OrderByDescending(it => it.row.Id).Select(it => new Opening(
            it.row.Id, it.row.At, it.row.ActorKind, it.row.ActorId!.Value, it.Name, it.row.DeviceId, Detail(it.row, "rendition"), Detail(it.row, "channel")))];
    }

    private static string? Detail(AuditEntry entry, string name) => entry.Details.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
}
