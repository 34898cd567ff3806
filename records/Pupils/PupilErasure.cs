using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Pupils;

/// <summary>A pupil's records were erased. Never lifted, a restored backup included.</summary>
public sealed class PupilTombstone
{
    public Guid PupilId { get; init; }
    public Guid SchoolId { get; init; }
    public DateTimeOffset At { get; init; }
}

/// <summary>
/// Erases what is kept about a pupil who has left and is in no picture any more: one commit with the tombstone, without the row, the
/// guardians, the answers and the blocks; then the key, without which nothing that a file or a backup still holds of them opens. Cut short
/// between the two, the sweep of keys that are nobody's goes on.
/// </summary>
public sealed class PupilErasure(RecordsDb db, KeyStore keys)
{
    /// <summary>Erases a pupil: the office, or the system when the school's time is over. Harmless when repeated.</summary>
    /// <param name="run">The nightly run that found the time to be over; the pupil is counted there, in the same commit.</param>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>pupil-not-left</c>, <c>pupil-in-pictures</c>,
    /// <c>pupil-blocked</c> 409.</exception>
    public async Task EraseAsync(Act act, Guid pupilId, CancellationToken cancel, Guid? run = null)
    {
        await ForgetAsync(act, pupilId, run, cancel);
        await keys.DestroyAsync(KeyOf.Pupil, pupilId, cancel);
    }

    private async Task ForgetAsync(Act act, Guid pupilId, Guid? run, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        await db.LockPupilsToChangeAsync([pupilId], cancel);
        var pupil = await db.Pupils.AsNoTracking().SingleOrDefaultAsync(row => row.Id == pupilId && row.SchoolId == act.SchoolId, cancel);
        if (pupil is null && !await db.PupilTombstones.AnyAsync(row => row.PupilId == pupilId && row.SchoolId == act.SchoolId, cancel))
            throw Refusals.NotFound("pupil");
        Rights.ErasePupil.Must(act.By);
        act.Answers(200, pupilId);
        if (pupil is null)
        {
            await db.CommitAsync(act, cancel);
            return;
        }

        await MustBeOverAsync(pupil, cancel);
        db.PupilTombstones.Add(new PupilTombstone { PupilId = pupilId, SchoolId = act.SchoolId });
        await db.SaveChangesAsync(cancel);
        await db.AsLifetimesAsync(async () =>
        {
            await db.ConsentInvalidations.Where(row => db.ConsentAnswers.Any(answer => answer.Id == row.AnswerId && answer.PupilId == pupilId))
                .ExecuteDeleteAsync(cancel);
            await db.ConsentAnswers.Where(row => row.PupilId == pupilId).ExecuteDeleteAsync(cancel);
            await db.SafeguardingBlocks.Where(row => row.PupilId == pupilId).ExecuteDeleteAsync(cancel);
            await db.Guardians.Where(row => row.PupilId == pupilId).ExecuteDeleteAsync(cancel);
            return await db.Pupils.Where(row => row.Id == pupilId).ExecuteDeleteAsync(cancel);
        }, cancel);
        await db.Database.ExecuteSqlAsync($"update lifetime_runs set pupils = pupils + 1 where id = {run}", cancel);
        await db.CommitAsync(act, cancel, new AuditEvent("pupil.erased", null, "pupil", pupilId.ToString()));
    }

    private async Task MustBeOverAsync(Pupil pupil, CancellationToken cancel)
    {
        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == pupil.SchoolId, cancel)).TimeZone();
        if (pupil.LeftOn is not { } left || left >= SchoolDays.DateOf(await db.NowAsync(cancel), zone))
            throw new Refusal("pupil-not-left", 409, "This pupil has not left the school. Write down the last day first.");
        // Also one that is on its way out: its rule needs the answers until it is gone.
        if (await db.PhotoPupils.AnyAsync(tag => tag.PupilId == pupil.Id, cancel))
            throw new Refusal("pupil-in-pictures", 409, "This pupil is still named in pictures. They have to be deleted first.");
        if (await db.SafeguardingBlocks.AnyAsync(block => block.PupilId == pupil.Id && block.LiftedAt == null, cancel))
            throw new Refusal("pupil-blocked", 409, "Pictures of this pupil are blocked. The safeguarding lead has to lift that first.");
    }
}
