using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Api.Pages.Operations;

/// <summary>For the ICT lead: what is stuck, what is open, the last deletion run. No personal data.</summary>
public sealed class OperationsPage(WorkList list, Records.Retention.Purges purges, SchoolZone zone, PhotoGuardSettings settings) : PlainPage
{
    public WorkShown Work { get; private set; } = null!;
    public bool HasScanner => settings.Clamd is not null;
    public Purge? LastPurge { get; private set; }
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Work = await list.ReadAsync(Act, cancel);
        LastPurge = (await purges.ListAsync(Act, null, int.MaxValue, cancel)).Where(run => !run.DryRun).MaxBy(run => run.StartedAt);
        Zone = await zone.OfAsync(Act, cancel);
    }
}
