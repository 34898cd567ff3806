using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>
/// Runs that destroy what is due by <c>deleteAfter</c> (P10): every night by itself, or when a person asks. A run only opens the
/// removals; they are carried out like every other. The database's clock alone says what is due (law 8).
/// </summary>
public sealed class Purges(RecordsDb db, Removals removals)
{
    private const int Page = 1000;

    /// <summary>The nightly run; a night is purged once, on whichever node comes first.</summary>
    /// <returns>The run; null where this night had its run.</returns>
    public async Task<Purge?> StartNightAsync(Guid school, DateOnly night, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        await LockSchoolAsync(school, cancel);
        if (await db.Purges.AnyAsync(row => row.SchoolId == school && row.Night == night, cancel)) return null;
        return await StartAsync(Act.OfSystem(school), night, dryRun: false, cancel);
    }

    /// <summary>A run that a person starts.</summary>
    /// <param name="dryRun">Only counts what is due and what is held.</param>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<Purge> StartAsync(Act act, bool dryRun, CancellationToken cancel)
    {
        MustRun(act);
        await using var transaction = await db.BeginAsync(cancel);
        await LockSchoolAsync(act.SchoolId, cancel);
        return await StartAsync(act, null, dryRun, cancel);
    }

    /// <summary>Two different people let a stopped run go on.</summary>
    /// <returns>True once it runs; false while it waits for the second person.</returns>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>purge-not-stopped</c> 409 · <c>second-person-needed</c> 409.</exception>
    public async Task<bool> ApproveAsync(Act act, Guid purgeId, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        await LockSchoolAsync(act.SchoolId, cancel);
        var purge = await db.Purges.SingleOrDefaultAsync(row => row.Id == purgeId && row.SchoolId == act.SchoolId, cancel)
            ?? throw Refusals.NotFound("purge run");
        MustRun(act);
        if (purge.State != PurgeState.Stopped) throw new Refusal("purge-not-stopped", 409, "This run is not waiting for approval.");
        if (purge.FirstApprovalBy == act.By.StaffId)
            throw new Refusal("second-person-needed", 409, "A second person has to agree before this run goes on.");

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
            await OpenDueAsync(act, purge, cancel);
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
        MustRun(act);
        return purge;
    }

    /// <summary>Runs in the order they were started.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<Purge>> ListAsync(Act act, Guid? after, int limit, CancellationToken cancel)
    {
        MustRun(act);
        return db.Purges.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && (after == null || row.Id > after))
            .OrderBy(row => row.Id).Take(limit).ToListAsync(cancel);
    }

    /// <summary>Counts what running runs have destroyed, and ends those with nothing left to do.</summary>
    public async Task FollowAsync(CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        foreach (var purge in await db.Purges.Where(row => row.State == PurgeState.Running).ToListAsync(cancel))
        {
            var orders = db.Removals.Where(row => row.PurgeId == purge.Id && row.CancelledAt == null);
            purge.Destroyed = await orders.CountAsync(row => row.DoneAt != null, cancel);
            purge.Failed = await orders.CountAsync(row => row.DoneAt == null && row.LastError != null, cancel);
            if (await orders.AnyAsync(row => row.DoneAt == null, cancel))
            {
                await db.SaveChangesAsync(cancel);
                continue;
            }
            purge.State = PurgeState.Done;
            purge.EndedAt = await db.NowAsync(cancel);
            await db.CommitAsync(Act.OfSystem(purge.SchoolId), cancel, Event("purge.done", purge));
        }
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
        if (dryRun || due == 0) (purge.State, purge.EndedAt) = (PurgeState.Done, purge.StartedAt);
        else if (await BrakeAsync(act.SchoolId, due, cancel)) purge.State = PurgeState.Stopped;
        else await OpenDueAsync(act, purge, cancel);
        act.Answers(202, purge.Id);
        await db.CommitAsync(act, cancel, Event(purge.State == PurgeState.Stopped ? "purge.stopped" : "purge.started", purge));
        return purge;
    }

    /// <summary>The brake: a run that would destroy more than the school's switches allow waits for two people. What is due stays hidden.</summary>
    private async Task<bool> BrakeAsync(Guid school, int due, CancellationToken cancel)
    {
        var switches = await db.PolicySwitches.SingleAsync(row => row.SchoolId == school, cancel);
        var all = await db.Photos.CountAsync(row => row.SchoolId == school, cancel);
        return due > Math.Max(switches.BrakePhotos, (long)all * switches.BrakePercent / 100);
    }

    /// <summary>Due: time is up, no order yet. Held: due, and kept by a hold.</summary>
    private async Task<(int Due, int Held)> CountAsync(Guid school, CancellationToken cancel)
    {
        var counts = await db.Database.SqlQuery<Counts>($"""
            select count(*) filter (where not held)::int as "Due", count(*) filter (where held)::int as "Held" from (
              select is_held(photos.family_id) as held
              from photos where school_id = {school} and delete_after <= now()
                and not exists (select 1 from removals where photo_id = photos.id and place = 'store' and cancelled_at is null)) as due
            """).ToListAsync(cancel);
        return (counts[0].Due, counts[0].Held);
    }

    private async Task OpenDueAsync(Act act, Purge purge, CancellationToken cancel)
    {
        for (Guid[] page; (page = await DuePageAsync(act.SchoolId, cancel)).Length > 0;)
            await removals.OpenAsync(act, page, RemovalCause.Retention, null, cancel, purge.Id);
    }

    private async Task<Guid[]> DuePageAsync(Guid school, CancellationToken cancel) => [.. await db.Database.SqlQuery<Guid>($"""
        select id as "Value" from photos where school_id = {school} and delete_after <= now()
          and not is_held(photos.family_id)
          and not exists (select 1 from removals where photo_id = photos.id and place = 'store' and cancelled_at is null)
        order by id limit {Page} for update
        """).ToListAsync(cancel)];

    /// <summary>One run a school at a time.</summary>
    private Task LockSchoolAsync(Guid school, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({school.ToString()}, 2))", cancel);

    private static void MustRun(Act act)
    {
        if (act.By.Kind != ActorKind.System && !act.By.IsAny(Role.Ict, Role.Head)) throw Refusals.RoleMayNot("Only the ICT lead and the head can run a purge.");
    }

    private static AuditEvent Event(string name, Purge purge) => new(
        name, null, "purge", purge.Id.ToString(), new { purge.DryRun, purge.Due, purge.Held, purge.Destroyed });

    private sealed record Counts(int Due, int Held);
}
