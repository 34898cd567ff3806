using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Purges;

/// <summary>Runs that destroy what is due, and the two people who let a stopped one go on (P10).</summary>
public sealed class PurgesPage(Records.Retention.Purges purges, SchoolZone zone, RecordsDb db) : PlainPage
{
    private const int Most = 40;

    [BindProperty]
    public bool? DryRun { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    public IReadOnlyList<Purge> Runs { get; private set; } = [];
    public ClockReading Clock { get; private set; } = null!;
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Runs = [.. (await purges.ListAsync(Act, null, int.MaxValue, cancel)).OrderByDescending(run => run.StartedAt).Take(Most)];
        Zone = await zone.OfAsync(Act, cancel);
        Clock = await db.ReadClockAsync(Act.SchoolId, cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        if (DryRun != true) MustHaveProvedLately();
        var dry = DryRun ?? throw Refusals.Invalid("Please choose: count or destroy.");
        await purges.StartAsync(Act, dry, cancel);
        return dry ? "/purges?said=purge-counted" : "/purges?said=purge-started";
    }, cancel);

    public Task<IActionResult> OnPostApproveAsync(CancellationToken cancel) =>
        DoSurelyAsync(async () => await purges.ApproveAsync(Act, Id, cancel) ? "/purges?said=purge-approved" : "/purges?said=asked", cancel);
}
