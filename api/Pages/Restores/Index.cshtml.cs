using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.Restores;

/// <summary>Restored records, and the two people who say that they may serve where no ledger could be replayed.</summary>
public sealed class RestoresPage(RestoreDesk desk, SchoolZone zone) : PlainPage
{
    [BindProperty]
    public Guid Id { get; set; }

    public IReadOnlyList<Restore> Restores { get; private set; } = [];
    public TimeZoneInfo Zone { get; private set; } = null!;

    public string Why(Restore restore) => restore.Why switch
    {
        RestoreWhy.Backup => restore.BackupAt is { } at ? $"Restored from a backup of {Speech.Of(at, Zone)}." : "Restored from a backup.",
        RestoreWhy.OlderThanLedger => "The records were found to be older than the ledger.",
        RestoreWhy.ContradictsLedger => "Records and ledger tell different things of the same time: one of them was changed. Ask who could.",
        RestoreWhy.LedgerLost => "The ledger is lost, or its end is missing.",
        _ => throw new InvalidOperationException(),
    };

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Restores = await desk.ListAsync(Act, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) =>
        DoSurelyAsync(async () => await desk.ApproveAsync(Act, Id, cancel) ? "/restores?said=restore-approved" : "/restores?said=asked", cancel);
}
