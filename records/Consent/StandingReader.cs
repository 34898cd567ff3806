using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Consent;

/// <summary>A pupil's standing as one person may see it.</summary>
/// <param name="Channels">Every channel.</param>
/// <param name="ReasonsShown">Office and safeguarding see why; a teacher only whether.</param>
/// <param name="BlockReason">Why a block stands, for the safeguarding lead alone.</param>
public sealed record StandingShown(IReadOnlyDictionary<Channel, Standing> Channels, bool ReasonsShown, string? BlockReason);

/// <summary>Reads where a pupil may be shown.</summary>
public sealed class StandingReader(RecordsDb db, PupilDesk pupils, KeyStore keys, ReadLog reads)
{
    /// <summary>
    /// The standing now, or at another instant: by what had been answered until then, and the dates and the block of that day. An
    /// answer recorded in error counts at no instant.
    /// </summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<StandingShown> ReadAsync(Act act, string misId, DateTimeOffset? at, CancellationToken cancel)
    {
        var pupil = await pupils.FindAsync(act, misId, cancel);
        Rights.SeeStanding.Must(act.By);

        var instant = at ?? await db.NowAsync(cancel);
        var school = await db.Schools.AsNoTracking().SingleAsync(row => row.Id == act.SchoolId, cancel);
        var switches = await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == act.SchoolId, cancel);
        var answers = await db.ConsentAnswers.AsNoTracking()
            .Where(row => row.PupilId == pupil.Id && row.AnsweredAt <= instant).ToListAsync(cancel);
        var block = await db.SafeguardingBlocks.AsNoTracking()
            .Where(row => row.PupilId == pupil.Id && row.PlacedAt <= instant && (row.LiftedAt == null || row.LiftedAt > instant))
            .OrderByDescending(row => row.PlacedAt).FirstOrDefaultAsync(cancel);
        var today = SchoolDays.DateOf(instant, school.TimeZone());
        var text = await keys.TextAsync(act.SchoolId, pupil.Id, cancel);
        foreach (var answer in answers) answer.Open(text);
        block?.Open(text);
        await reads.PupilOpenedAsync(act, pupil.Id, cancel);
        return new(
            ConsentStanding.OfAll(pupil, answers, block is not null, today, switches).Channels,
            Rights.SeeWhy.Allows(act.By),
            Rights.SeeBlock.Allows(act.By) ? block?.Reason.Text : null);
    }

    /// <summary>The last instant of a date at the school.</summary>
    public async Task<DateTimeOffset> EndOfDayAsync(Act act, DateOnly day, CancellationToken cancel)
    {
        var school = await db.Schools.AsNoTracking().SingleAsync(row => row.Id == act.SchoolId, cancel);
        return SchoolDays.EndOf(day, school.TimeZone()).AddMicroseconds(-1);
    }
}
