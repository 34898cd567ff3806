using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Holds;

/// <summary>A hold stands until it is looked at again on its day (P16); nothing but a person ends or renews it.</summary>
public sealed class HoldReviews(RecordsDb db)
{
    /// <summary>How many holds of the school are to be looked at today or should have been before.</summary>
    public async Task<int> DueAsync(Guid school, CancellationToken cancel)
    {
        var today = await TodayAsync(school, cancel);
        return await db.Holds.CountAsync(row => row.SchoolId == school && row.ReleasedAt == null && row.ReviewOn <= today, cancel);
    }

    /// <summary>The safeguarding lead has looked at it, and will again.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>hold-released</c> 409 · <c>invalid</c> 422.</exception>
    public async Task ReviewAsync(Act act, Guid holdId, DateOnly reviewOn, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var hold = await db.Holds.FromSql($"select * from holds where id = {holdId} and school_id = {act.SchoolId} for update")
            .SingleOrDefaultAsync(cancel) ?? throw Refusals.NotFound("hold");
        Rights.ReviewHold.Must(act.By);
        if (hold.ReleasedAt is not null) throw new Refusal("hold-released", 409, "This hold has been released already.");
        var today = await TodayAsync(act.SchoolId, cancel);
        if (reviewOn <= today || reviewOn > today.AddYears(1)) throw Refusals.Invalid("Please choose a day within the next year to look at this hold again.");
        hold.ReviewOn = reviewOn;
        act.Answers(200, hold.Id, hold.PhotoId);
        await db.CommitAsync(act, cancel, new AuditEvent("hold.reviewed", hold.PhotoId, "hold", hold.Id.ToString(), new { reviewOn }));
    }

    /// <summary>Writes once, for each day that has come, that a hold is to be looked at.</summary>
    /// <returns>How many were told now.</returns>
    public async Task<int> TellAsync(CancellationToken cancel)
    {
        var told = 0;
        foreach (var school in await db.Schools.AsNoTracking().Select(row => row.Id).ToListAsync(cancel))
        {
            db.ChangeTracker.Clear();
            var today = await TodayAsync(school, cancel);
            await using var transaction = await db.BeginAsync(cancel);
            var due = await db.Holds.FromSql($"""
                update holds set review_told_on = review_on
                where school_id = {school} and released_at is null and review_on <= {today} and review_told_on is distinct from review_on
                returning *
                """).AsNoTracking().ToListAsync(cancel);
            if (due.Count == 0) continue;
            told += due.Count;
            await db.CommitAsync(Act.OfSystem(school), cancel,
                [.. due.Select(hold => new AuditEvent("hold.review-due", hold.PhotoId, "hold", hold.Id.ToString(), new { reviewOn = hold.ReviewOn }))]);
        }
        return told;
    }

    private async Task<DateOnly> TodayAsync(Guid school, CancellationToken cancel)
    {
        var zone = (await db.Schools.AsNoTracking().SingleAsync(row => row.Id == school, cancel)).TimeZone();
        return Retention.SchoolDays.DateOf(await db.NowAsync(cancel), zone);
    }
}
