using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Retention;

/// <summary>
/// Deletes, once a night for each school, the records whose years are over (docs/decisions/0020). Each batch is a commit with its audit entry and
/// its count; cut short anywhere, the run goes on at the next look, on whichever node. Nothing is deleted while the clock is in doubt.
/// </summary>
public sealed class Lifetimes(RecordsDb db, KeyStore keys, PupilErasure erasure)
{
    /// <summary>Brings the run of every school whose night has come to its end. What fails in one school or kind keeps no other.</summary>
    /// <returns>The runs that ended now.</returns>
    /// <exception cref="AggregateException">Something failed; its runs are taken up at the next look.</exception>
    public async Task<IReadOnlyList<LifetimeRun>> RunDueAsync(CancellationToken cancel)
    {
        var (ended, errors) = (new List<LifetimeRun>(), new List<Exception>());
        foreach (var school in await db.Schools.AsNoTracking().OrderBy(row => row.Id).ToListAsync(cancel))
        {
            try
            {
                if (await RunAsync(school, cancel) is { } run) ended.Add(run);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                errors.Add(error);
            }
        }
        return errors.Count == 0 ? ended : throw new AggregateException(errors);
    }

    private async Task<LifetimeRun?> RunAsync(School school, CancellationToken cancel)
    {
        if (await BeginAsync(school, cancel) is not { } run) return null;
        var (left, errors) = (false, new List<Exception>());
        foreach (var kind in Enum.GetValues<RecordKind>())
        {
            try
            {
                left |= !await ForgetAsync(run, school, kind, cancel);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                errors.Add(error);
            }
        }
        if (errors.Count > 0) throw new AggregateException(errors);
        return left ? null : await EndAsync(run, cancel);
    }

    /// <summary>The run that a school owes now; null where tonight's is done, or its clock is in doubt.</summary>
    private async Task<LifetimeRun?> BeginAsync(School school, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var night = PurgeNights.NightOf(await db.NowAsync(cancel), school.TimeZone());
        // A school made during the day has no night behind it yet.
        if (night <= PurgeNights.NightOf(school.CreatedAt, school.TimeZone()) || !await MayAsync(school.Id, cancel)) return null;
        var open = db.LifetimeRuns.AsNoTracking().Where(row => row.SchoolId == school.Id && row.EndedAt == null).OrderBy(row => row.Night);
        if (await open.FirstOrDefaultAsync(cancel) is { } cutShort) return cutShort;
        await db.Database.ExecuteSqlAsync(
            $"insert into lifetime_runs (id, school_id, night) values ({Guid.CreateVersion7()}, {school.Id}, {night}) on conflict do nothing", cancel);
        return await open.FirstOrDefaultAsync(cancel);
    }

    /// <returns>False where it is put off: another node is at it, or somebody moved the clock meanwhile.</returns>
    private async Task<bool> ForgetAsync(LifetimeRun run, School school, RecordKind kind, CancellationToken cancel)
    {
        var switches = await db.PolicySwitches.AsNoTracking().SingleAsync(row => row.SchoolId == school.Id, cancel);
        var today = SchoolDays.DateOf(await db.NowAsync(cancel), school.TimeZone());
        var batches = new LifetimeBatches(db, keys, switches, today, school.TimeZone());
        return await (kind switch
        {
            RecordKind.Consents => EachAsync<Guid>(run, kind, batches.ConsentsAsync, cancel),
            RecordKind.Guardians => EachAsync<Guid>(run, kind, batches.GuardiansAsync, cancel),
            RecordKind.Pupils => EraseAsync(run, batches, switches.LeaverYears, cancel),
            RecordKind.AccessLog => EachAsync<long>(run, kind, (after, stop) => batches.EntriesAsync(kind, switches.AccessLogYears, after, stop), cancel),
            RecordKind.Disclosures => EachAsync<Guid>(run, kind, batches.DisclosuresAsync, cancel),
            RecordKind.Audit when switches.AuditYears is { } years =>
                EachAsync<long>(run, kind, (after, stop) => batches.EntriesAsync(kind, years, after, stop), cancel),
            _ => Task.FromResult(true),
        });
    }

    private async Task<bool> EachAsync<TKey>(
        LifetimeRun run, RecordKind kind, Func<TKey, CancellationToken, Task<LifetimeBatch<TKey>?>> next, CancellationToken cancel) where TKey : struct
    {
        for (var after = default(TKey); ;)
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.BeginAsync(cancel);
            if (!await MineAsync(run, cancel) || !await MayAsync(run.SchoolId, cancel)) return false;
            if (await next(after, cancel) is not { } batch) return true;
            after = batch.Last;
            if (batch.Deleted == 0) continue;
            int Count(RecordKind of) => of == kind ? batch.Deleted : 0;
            await db.Database.ExecuteSqlAsync($"""
                update lifetime_runs set consents = consents + {Count(RecordKind.Consents)}, guardians = guardians + {Count(RecordKind.Guardians)},
                  access_log = access_log + {Count(RecordKind.AccessLog)}, disclosures = disclosures + {Count(RecordKind.Disclosures)}, audit = audit + {Count(RecordKind.Audit)}
                where id = {run.Id}
                """, cancel);
            await db.CommitAsync(Act.OfSystem(run.SchoolId), cancel, new AuditEvent(ForgottenBatch.Event, null, "lifetimes", run.Id.ToString(), batch.Details));
            // Cut short before this, the sweep of keys that are nobody's goes on.
            foreach (var disclosure in batch.Keys) await keys.DestroyAsync(KeyOf.Publication, disclosure, cancel);
        }
    }

    private async Task<bool> EraseAsync(LifetimeRun run, LifetimeBatches batches, int years, CancellationToken cancel)
    {
        var after = Guid.Empty;
        while (await batches.LeaversAsync(years, after, cancel) is { Count: > 0 } leavers)
        {
            foreach (var pupil in leavers)
            {
                if (!await MayAsync(run.SchoolId, cancel)) return false;
                db.ChangeTracker.Clear();
                try
                {
                    await erasure.EraseAsync(Act.OfSystem(run.SchoolId), pupil, cancel, run.Id);
                }
                catch (Refusal)
                {
                    // Came back, was named in a picture or blocked this very moment; another night, perhaps.
                }
            }
            after = leavers[^1];
        }
        return true;
    }

    private async Task<LifetimeRun?> EndAsync(LifetimeRun run, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.Database.ExecuteSqlAsync($"update lifetime_runs set ended_at = now() where id = {run.Id} and ended_at is null", cancel) == 0) return null;
        var done = await db.LifetimeRuns.AsNoTracking().SingleAsync(row => row.Id == run.Id, cancel);
        await db.CommitAsync(Act.OfSystem(run.SchoolId), cancel, new AuditEvent("records.looked-through", null, "lifetimes", run.Id.ToString(), new
        {
            night = done.Night, done.Consents, done.Guardians, done.Pupils, done.AccessLog, done.Disclosures, done.Audit,
        }));
        return done;
    }

    private async Task<bool> MayAsync(Guid school, CancellationToken cancel) => (await db.ReadClockAsync(school, cancel)).Doubt is null;

    /// <summary>One node at a time; the end of the transaction gives it up.</summary>
    private async Task<bool> MineAsync(LifetimeRun run, CancellationToken cancel) => (await db.Database.SqlQuery<bool>($"""
        select pg_try_advisory_xact_lock(hashtextextended({run.SchoolId.ToString()}, 12))
          and exists (select from lifetime_runs where id = {run.Id} and ended_at is null) as "Value"
        """).ToListAsync(cancel))[0];
}
