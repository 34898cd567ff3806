using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>
/// Runs that destroy what is due by <c>deleteAfter</c> (P10): every night by itself, or when a person asks. A run only opens the
/// removals, a page a commit, and any worker goes on where another one died; they are carried out like every other. The database's
/// clock alone says what is due (law 8).
/// </summary>
public sealed class Purges(RecordsDb db, Removals removals, ClockWatch clock)
{
    private const int Page = 1000;

    // So many at a time: whoever follows the runs has more to do.
    private const int PagesTogether = 4;

    /// <summary>The nightly run; a night is purged once, on whichever node comes first.</summary>
    /// <returns>The run; null where this night had its run.</returns>
    public async Task<Purge?> StartNightAsync(Guid school, DateOnly night, CancellationToken cancel)
    {
        await clock.SettleAsync(cancel);
        await using var transaction = await db.BeginAsync(cancel);
        await LockSchoolAsync(db, school, cancel);
        if (await db.Purges.AnyAsync(row => row.SchoolId == school && row.Night == night, cancel)) return null;
        return await StartAsync(Act.OfSystem(school), night, dryRun: false, cancel);
    }

    /// <summary>A run that a person starts.</summary>
    /// <param name="dryRun">Only counts what is due and what is held.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<Purge> StartAsync(Act act, bool dryRun, CancellationToken cancel)
    {
        Rights.RunPurge.Must(act.By);
        await clock.SettleAsync(cancel);
        await using var transaction = await db.BeginAsync(cancel);
        await LockSchoolAsync(db, act.SchoolId, cancel);
        return await StartAsync(act, null, dryRun, cancel);
    }

    /// <summary>Two different people let a stopped run go on.</summary>
    /// <returns>True once it runs; false while it waits for the second person.</returns>
    /// <exception cref="Refusal">
    /// <c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>purge-not-stopped</c> 409 · <c>second-person-needed</c> 409 · <c>clock-in-doubt</c> 409.
    /// </exception>
    public async Task<bool> ApproveAsync(Act act, Guid purgeId, CancellationToken cancel)
    {
        await clock.SettleAsync(cancel);
        await using var transaction = await db.BeginAsync(cancel);
        await LockSchoolAsync(db, act.SchoolId, cancel);
        var purge = await db.Purges.SingleOrDefaultAsync(row => row.Id == purgeId && row.SchoolId == act.SchoolId, cancel)
            ?? throw Refusals.NotFound("purge run");
        Rights.RunPurge.Must(act.By);
        if (purge.State != PurgeState.Stopped) throw new Refusal("purge-not-stopped", 409, "This run is not waiting for approval.");
        if (purge.FirstApprovalBy == act.By.StaffId)
            throw new Refusal("second-person-needed", 409, "A second person has to agree before this run goes on.");

        await MustKnowTheTimeAsync(purge, cancel);

        var now = await db.NowAsync(cancel);
        var first = purge.FirstApprovalBy is null;
        if (first)
        {
            (purge.FirstApprovalBy, purge.FirstApprovalAt) = (act.By.Person, now);
        }
        else
        {
            (purge.SecondApprovalBy, purge.SecondApprovalAt) = (act.By.Person, now);
            purge.State = PurgeState.Running;
            if (purge.ClockJumpId is { } jump) await clock.ConfirmedAsync(jump, cancel);
            await OpenDueAsync(purge, cancel);
        }
        act.Answers(first ? 202 : 200, purge.Id);
        await db.CommitAsync(act, cancel, Event(first ? "purge.approval-asked" : "purge.approved", purge));
        return !first;
    }

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<Purge> ShowAsync(Act act, Guid purgeId, CancellationToken cancel)
    {
        var purge = await db.Purges.AsNoTracking().SingleOrDefaultAsync(row => row.Id == purgeId && row.SchoolId == act.SchoolId, cancel)
            ?? throw Refusals.NotFound("purge run");
        Rights.RunPurge.Must(act.By);
        return purge;
    }

    /// <summary>Runs in the order they were started.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<Purge>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        Rights.RunPurge.Must(act.By);
        return db.Purges.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
    }

    /// <summary>Opens the next pages of running runs, counts what failed, and ends those with nothing left to do.</summary>
    public async Task FollowAsync(CancellationToken cancel)
    {
        var running = await db.Purges.AsNoTracking().Where(row => row.State == PurgeState.Running)
            .Select(row => new { row.Id, row.SchoolId }).ToListAsync(cancel);
        foreach (var purge in running)
            for (var page = 0; page < PagesTogether && await FollowAsync(purge.SchoolId, purge.Id, cancel);) page++;
    }

    /// <returns>Whether there is another page to be opened.</returns>
    private async Task<bool> FollowAsync(Guid school, Guid purgeId, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        // Another node is at it.
        if (!await TryLockSchoolAsync(school, cancel)) return false;
        var open = db.Removals.Where(row => row.PurgeId == purgeId && row.DoneAt == null && row.CancelledAt == null);
        var left = await open.AnyAsync(cancel);
        var failed = left ? await open.CountAsync(row => row.LastError != null, cancel) : 0;
        // Read last: what was destroyed is counted in the commit after which nothing is left.
        var purge = await db.Purges.SingleAsync(row => row.Id == purgeId, cancel);
        if (purge.State != PurgeState.Running) return false;
        purge.Failed = failed;
        if (!purge.AllOpened) await OpenDueAsync(purge, cancel);
        else if (!left) (purge.State, purge.EndedAt) = (PurgeState.Done, await db.NowAsync(cancel));
        if (purge.State == PurgeState.Done) await db.CommitAsync(Act.OfSystem(school), cancel, Event("purge.done", purge));
        else await db.CommitAsync(Act.OfSystem(school), cancel);
        return !purge.AllOpened;
    }

    private async Task<Purge> StartAsync(Act act, DateOnly? night, bool dryRun, CancellationToken cancel)
    {
        var (due, held) = await CountAsync(act.SchoolId, cancel);
        var purge = new Purge
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            Night = night,
            DryRun = dryRun,
            Due = due,
            Held = held,
            StartedBy = act.By.StaffId,
            State = PurgeState.Running,
        };
        db.Purges.Add(purge);
        await db.SaveChangesAsync(cancel);
        if (!dryRun && await BrakeAsync(purge, cancel) is { } reason) (purge.State, purge.StoppedBy) = (PurgeState.Stopped, reason);
        else if (dryRun || due == 0) (purge.State, purge.AllOpened, purge.EndedAt) = (PurgeState.Done, true, purge.StartedAt);
        else await OpenDueAsync(purge, cancel);
        act.Answers(202, purge.Id);
        await db.CommitAsync(act, cancel, Event(purge.State == PurgeState.Stopped ? "purge.stopped" : "purge.started", purge));
        return purge;
    }

    /// <summary>
    /// The brake: a run waits for two people where the clock was moved, or where it would destroy more than the school's switches allow.
    /// What is due stays hidden.
    /// </summary>
    private async Task<StopReason?> BrakeAsync(Purge purge, CancellationToken cancel)
    {
        // Nothing due is nothing to stop; but a run that a person starts is how two people confirm the clock.
        var matters = purge.Due > 0 || purge.Night is null;
        if (matters && (await db.ReadClockAsync(purge.SchoolId, cancel)).Doubt is not null)
        {
            purge.ClockJumpId = await clock.OpenJumpAsync(cancel);
            return StopReason.Clock;
        }
        var switches = await db.PolicySwitches.SingleAsync(row => row.SchoolId == purge.SchoolId, cancel);
        var all = await db.Photos.CountAsync(row => row.SchoolId == purge.SchoolId, cancel);
        return purge.Due > Math.Max(switches.BrakePhotos, (long)all * switches.BrakePercent / 100) ? StopReason.Count : null;
    }

    /// <summary>Who agreed to what was due by one clock has not agreed to what is due by another.</summary>
    private async Task MustKnowTheTimeAsync(Purge purge, CancellationToken cancel)
    {
        if ((await db.ReadClockAsync(purge.SchoolId, cancel)).Doubt is null) return;
        if (purge.ClockJumpId == await clock.OpenJumpAsync(cancel)) return;
        throw new Refusal("clock-in-doubt", 409, "The database's clock was moved after this run was stopped. Please start a new run and agree to that one.");
    }

    /// <summary>Due: time is up, no order yet. Held: due, and kept by a hold.</summary>
    private async Task<(int Due, int Held)> CountAsync(Guid school, CancellationToken cancel)
    {
        var counts = await db.Database.SqlQuery<Counts>($"""
            select count(*) filter (where not held)::int as "Due", count(*) filter (where held)::int as "Held" from (
              select family_id in (select family_id from held_families) as held
              from photos where school_id = {school} and delete_after <= now()
                and not exists (select 1 from removals where photo_id = photos.id and place = 'store' and cancelled_at is null)) as due
            """).ToListAsync(cancel);
        return (counts[0].Due, counts[0].Held);
    }

    /// <summary>The next page of what was due when the run began and its brake counted: no more than that, however long it takes.</summary>
    private async Task OpenDueAsync(Purge purge, CancellationToken cancel)
    {
        var page = await DuePageAsync(purge, cancel);
        await removals.OpenAsync(Act.OfSystem(purge.SchoolId), [.. page.Where(due => !due.LeftOut).Select(due => due.Id)], RemovalCause.Retention, null, cancel, purge.Id);
        purge.AllOpened = page.Count < Page;
        var last = purge.AllOpened ? null : page.MaxBy(due => (due.DeleteAfter, due.Id));
        (purge.OpenedTo, purge.OpenedToPhoto) = (last?.DeleteAfter, last?.Id);
        // A sweep may have taken some of what was counted, for another cause; those are not this run's.
        if (purge.AllOpened) purge.Due = await db.Removals.CountAsync(row => row.PurgeId == purge.Id, cancel);
    }

    /// <summary>The page by its order alone, then who of it is left out: neither question reads more the longer the run lasts.</summary>
    private Task<List<DuePhoto>> DuePageAsync(Purge purge, CancellationToken cancel) => db.Database.SqlQuery<DuePhoto>($"""
        with page as materialized (
          select id from photos where school_id = {purge.SchoolId} and delete_after <= least({purge.StartedAt}, now())
            and (delete_after, id) > ({purge.OpenedTo ?? DateTimeOffset.MinValue}, {purge.OpenedToPhoto ?? Guid.Empty})
          order by delete_after, id limit {Page}),
        ordered as materialized (
          select photo_id from removals where photo_id = any(array(select id from page)) and place = 'store' and cancelled_at is null)
        select id as "Id", delete_after as "DeleteAfter",
          family_id in (select family_id from held_families) or id in (select photo_id from ordered) as "LeftOut"
        from photos where id = any(array(select id from page)) order by id for update
        """).ToListAsync(cancel);

    /// <summary>One run a school at a time.</summary>
    internal static Task LockSchoolAsync(RecordsDb db, Guid school, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({school.ToString()}, 2))", cancel);

    private async Task<bool> TryLockSchoolAsync(Guid school, CancellationToken cancel) => (await db.Database.SqlQuery<bool>(
        $"select pg_try_advisory_xact_lock(hashtextextended({school.ToString()}, 2)) as \"Value\"").ToListAsync(cancel))[0];

    private static AuditEvent Event(string name, Purge purge) => new(
        name, null, "purge", purge.Id.ToString(), new
        {
            purge.DryRun, purge.Due, purge.Held, purge.Destroyed, stoppedBy = purge.StoppedBy is { } why ? Words.Of(why) : null,
        });

    private sealed record Counts(int Due, int Held);

    private sealed record DuePhoto(Guid Id, DateTimeOffset DeleteAfter, bool LeftOut);
}
