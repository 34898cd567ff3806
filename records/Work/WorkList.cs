using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Work;

/// <summary>How the machinery of one school is doing.</summary>
/// <param name="Stuck">Work that a person has to look at, oldest first, 100 at most.</param>
/// <param name="Failing">Work that failed at least once and is tried again.</param>
/// <param name="Waiting">Work due now.</param>
/// <param name="OpenStore">Our own copies still to be destroyed.</param>
/// <param name="OpenOutside">Copies outside still to be taken down.</param>
/// <param name="OldestOpen">When the oldest of these was opened.</param>
/// <param name="Workers">Every worker that was not stopped in order.</param>
/// <param name="Alarms">Decoders lost in the last 30 days, latest first, 20 at most.</param>
/// <param name="TakenOver">How many in these 30 days answered what was not asked.</param>
/// <param name="Refused">Uploads ever refused that somebody has to look into: malware found, or a second check that did not agree.</param>
public sealed record WorkShown(
    IReadOnlyList<WorkItem> Stuck, int Failing, int Waiting, int OpenStore, int OpenOutside, DateTimeOffset? OldestOpen, int Refused,
    IReadOnlyList<WorkerSeen> Workers, IReadOnlyList<Alarm> Alarms, int TakenOver, DateTimeOffset Now);

/// <summary>A decoder was lost.</summary>
/// <param name="About">Id of the photo, or of what was to be made from one.</param>
public sealed record Alarm(DateTimeOffset At, string About, LossReason Reason);

/// <summary>For the ICT lead's page; no personal data in it.</summary>
public sealed class WorkList(RecordsDb db)
{
    private static readonly TimeSpan AlarmsShown = TimeSpan.FromDays(30);

    /// <exception cref="Refusal"><c>role-may-not</c> 403.</exception>
    public async Task<WorkShown> ReadAsync(Act act, CancellationToken cancel)
    {
        Rights.SeeHowItRuns.Must(act.By);
        var now = await db.NowAsync(cancel);
        var work = db.Work.AsNoTracking().Where(row => row.SchoolId == act.SchoolId);
        var open = db.Removals.AsNoTracking().Where(row => row.SchoolId == act.SchoolId && row.DoneAt == null && row.CancelledAt == null);
        var lost = db.AuditEntries.AsNoTracking()
            .Where(row => row.SchoolId == act.SchoolId && row.Event == "decoder.lost" && row.At > now - AlarmsShown);
        return new(
            await work.Where(row => row.StuckAt != null).OrderBy(row => row.StuckAt).Take(100).ToListAsync(cancel),
            await work.CountAsync(row => row.StuckAt == null && row.LastError != null, cancel),
            await work.CountAsync(row => row.StuckAt == null && row.DueAt <= now, cancel),
            await open.CountAsync(row => row.Place == RemovalPlace.Store, cancel),
            await open.CountAsync(row => row.Place == RemovalPlace.Publication, cancel),
            await open.MinAsync(row => (DateTimeOffset?)row.OpenedAt, cancel),
            await db.AuditEntries.CountAsync(row => row.SchoolId == act.SchoolId && row.Event == "photo.refused", cancel),
            await db.Workers.AsNoTracking().OrderBy(row => row.Node).ToListAsync(cancel),
            [.. (await lost.OrderByDescending(row => row.Id).Take(20).ToListAsync(cancel)).Select(Told)],
            (await db.Database.SqlQuery<int>($"""
                select count(*)::int as "Value" from audit_entries
                where school_id = {act.SchoolId} and event = 'decoder.lost' and at > {now - AlarmsShown} and details ->> 'reason' = 'answer'
                """).ToListAsync(cancel))[0],
            now);
    }

    private static Alarm Told(AuditEntry entry) =>
        new(entry.At, entry.SubjectId ?? "", Words.Parse<LossReason>(entry.Details.RootElement.GetProperty("reason").GetString()) ?? LossReason.Died);
}
