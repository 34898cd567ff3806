using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.Holds;

/// <summary>The holds that stand, and their release by two people (P16).</summary>
public sealed class HoldsPage(HoldList list, HoldDesk desk, SchoolZone zone) : PlainPage
{
    [BindProperty]
    public Guid Id { get; set; }

    public IReadOnlyList<HoldShown> Holds { get; private set; } = [];
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Holds = await list.ListAsync(Act, null, 500, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) =>
        DoAsync(async () => await desk.ReleaseAsync(Act, Id, cancel) ? "/holds?said=released" : "/holds?said=asked", cancel);
}
