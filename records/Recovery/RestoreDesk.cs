using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Ledger;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Recovery;

/// <summary>What becomes of restored records: the ledger is replayed, or two people say that they may serve without.</summary>
public sealed class RestoreDesk(RecordsDb db, LedgerReplay replay, KeyStore keys, Removals removals, PhotoGuardSettings settings)
{
    /// <summary>Restores, the latest first.</summary>
    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public Task<List<Restore>> ListAsync(Act act, CancellationToken cancel)
    {
        Rights.ApproveRestore.Must(act.By);
        return db.Restores.AsNoTracking().OrderByDescending(row => row.StartedAt).Take(100).ToListAsync(cancel);
    }

    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403.</exception>
    public async Task<Restore> ShowAsync(Act act, Guid id, CancellationToken cancel)
    {
        var restore = await db.Restores.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel) ?? throw Refusals.NotFound("restore");
        Rights.ApproveRestore.Must(act.By);
        return restore;
    }

    /// <summary>Two different people say that restored records may serve although no ledger could be replayed.</summary>
    /// <returns>True once both have; a worker then opens the gate. False while it waits for the second person.</returns>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>restore-not-waiting</c> 409 · <c>second-person-needed</c> 409.</exception>
    public async Task<bool> ApproveAsync(Act act, Guid id, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var restore = (await db.Restores.FromSql($"select * from restores where id = {id} for update").ToListAsync(cancel)) is [var one]
            ? one : throw Refusals.NotFound("restore");
        Rights.ApproveRestore.Must(act.By);
        if (restore.State != RestoreState.AwaitingApproval || restore.SecondApprovalBy is not null)
            throw new Refusal("restore-not-waiting", 409, "This restore is not waiting for anybody's word.");
        if (restore.FirstApprovalBy == act.By.StaffId)
            throw new Refusal("second-person-needed", 409, "A second person has to agree before the restored records are shown to anybody.");
        var now = await db.NowAsync(cancel);
        var first = restore.FirstApprovalBy is null;
        if (first) (restore.FirstApprovalBy, restore.FirstApprovalAt) = (act.By.Person, now);
        else (restore.SecondApprovalBy, restore.SecondApprovalAt) = (act.By.Person, now);
        act.Answers(first ? 202 : 200, restore.Id);
        await db.CommitAsync(act, cancel, new AuditEvent(
            first ? "restore.approval-asked" : "restore.approved", SubjectKind: "restore", SubjectId: restore.Id.ToString(), Details: new { why = Words.Of(restore.Why) }));
        return !first;
    }

    /// <summary>Notes that the records were found to be older than the ledger, or at odds with it. Whoever comes second finds it noted.</summary>
    public Task BeginAsync(RestoreWhy why, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        insert into restores (id, why, state) values ({Guid.CreateVersion7()}, {Words.Of(why)},
          {Words.Of(why == RestoreWhy.OlderThanLedger ? RestoreState.Replaying : RestoreState.AwaitingApproval)})
        on conflict do nothing
        """, cancel);

    /// <summary>Brings a restore to its end where it can be: replays the ledger, or begins a new one where two people have given their word.</summary>
    /// <returns>False while people are waited for.</returns>
    public async Task<bool> EndAsync(Guid id, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        // One at a time, on whichever node; a run that died is taken up from its beginning.
        await db.Database.OpenConnectionAsync(cancel);
        try
        {
            await db.Database.ExecuteSqlAsync($"select pg_advisory_lock({(long)0x50475253})", cancel);
            var restore = await db.Restores.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel);
            if (restore is null || restore.State == RestoreState.Done) return true;
            if (restore.State == RestoreState.Replaying) await replay.RunAsync(id, LedgerBook.Read(settings.Ledger), cancel);
            else if (restore.SecondApprovalBy is null) return false;
            else await BeginLedgerAsync(id, cancel);
            await DestroyTombstonedKeysAsync(cancel);
            await RemoveKeylessAsync(cancel);
            await db.Database.ExecuteSqlAsync($"update restores set state = 'done', ended_at = now() where id = {id}", cancel);
            return true;
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"select pg_advisory_unlock({(long)0x50475253})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>What is left of the old ledger is set aside, not deleted, and the whole chain is told anew.</summary>
    private async Task BeginLedgerAsync(Guid id, CancellationToken cancel)
    {
        foreach (var file in LedgerFile.At(settings.Ledger)) File.Move(file, $"{file}.before-{id:N}");
        await db.Database.ExecuteSqlAsync($"delete from ledger_marks", cancel);
    }

    private async Task DestroyTombstonedKeysAsync(CancellationToken cancel)
    {
        await foreach (var photo in db.Tombstones.AsNoTracking().Select(row => row.PhotoId).AsAsyncEnumerable().WithCancellation(cancel))
            await keys.DestroyAsync(photo, cancel);
        await foreach (var pupil in db.PupilTombstones.AsNoTracking().Select(row => row.PupilId).AsAsyncEnumerable().WithCancellation(cancel))
            await keys.DestroyAsync(KeyOf.Pupil, pupil, cancel);
    }

    /// <summary>A photo without key can never be shown again: it was destroyed after the backup, or came after the copy of the keys.</summary>
    private async Task RemoveKeylessAsync(CancellationToken cancel)
    {
        var keyed = new HashSet<Guid>();
        KeyEntry? last = null;
        while (await keys.ListAsync(KeyOf.Photo, DateTimeOffset.MaxValue, last, 1000, cancel) is { Count: > 0 } page)
        {
            keyed.UnionWith(page.Select(key => key.Subject));
            last = page[^1];
        }
        var photos = await db.Photos.AsNoTracking().Select(row => new { row.Id, row.SchoolId }).ToListAsync(cancel);
        foreach (var school in photos.Where(photo => !keyed.Contains(photo.Id)).GroupBy(photo => photo.SchoolId))
        {
            await using var transaction = await db.BeginAsync(cancel);
            await removals.OpenAsync(Act.OfSystem(school.Key), [.. school.Select(photo => photo.Id)], RemovalCause.KeyGone, null, cancel);
            await transaction.CommitAsync(cancel);
        }
    }
}
