using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Api.Pages.Operations;

/// <summary>For the ICT lead: workers, what is stuck or overdue, alarms, the last deletion run, backups, ledger. No personal data.</summary>
public sealed class OperationsPage(WorkList list, Condition condition, StuckWork stuck, LifetimeDesk lifetimes, SchoolZone zone, PhotoGuardSettings settings) : PlainPage
{
    /// <summary>The ledger is told within a second; so long it may be behind before somebody is told.</summary>
    private static readonly TimeSpan LedgerInTime = TimeSpan.FromMinutes(1);

    [BindProperty]
    public long Id { get; set; }

    public WorkShown Work { get; private set; } = null!;
    public bool HasScanner => settings.Clamd is not null;
    public ConditionShown Condition { get; private set; } = null!;
    public LifetimeYears Years { get; private set; } = null!;
    public LifetimeRun? LastRun { get; private set; }
    public TimeZoneInfo Zone { get; private set; } = null!;

    public bool IsSilent(WorkerSeen worker) => Work.Now - worker.SeenAt > WorkerSeen.Silence;

    public DateTimeOffset? LedgerLateSince => Condition.Ledger.Since < Work.Now - LedgerInTime ? Condition.Ledger.Since : null;

    public Task<IActionResult> OnPostAgainAsync(CancellationToken cancel) =>
        DoAsync(() => stuck.TryAgainAsync(Act, Id, cancel), "/operations?said=tried-again", cancel);

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Work = await list.ReadAsync(Act, cancel);
        Condition = await condition.ReadAsync(Act, cancel);
        Years = await lifetimes.ShowAsync(Act, cancel);
        LastRun = await lifetimes.LastAsync(Act, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }
}
