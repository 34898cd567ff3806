using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Holds;

/// <summary>The holds that stand, and their release by two people (P16).</summary>
public sealed class HoldsPage(HoldList list, HoldDesk desk, HoldReviews reviews, PoliceExports exports, SchoolZone zone) : PlainPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public Guid Photo { get; set; }

    [BindProperty]
    public DateOnly? ReviewOn { get; set; }

    public DateOnly Today { get; private set; }

    /// <summary>Exports that wait for a second person or to be taken.</summary>
    public IReadOnlyList<PoliceExport> Exports { get; private set; } = [];

    /// <summary>Told on this one page and never again.</summary>
    public ExportAgreed? Agreed { get; private set; }

    public IReadOnlyList<HoldShown> Holds { get; private set; } = [];
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Holds = await list.ListAsync(Act, null, 500, cancel);
        Exports = await exports.OpenAsync(Act, cancel);
        Today = await zone.TodayAsync(Act, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }

    public Task<IActionResult> OnPostReviewAsync(CancellationToken cancel) => DoAsync(
        () => reviews.ReviewAsync(Act, Id, ReviewOn ?? throw Refusals.Invalid("Please fill in the day."), cancel), "/holds?said=saved", cancel);

    public async Task<IActionResult> OnPostExportAsync(CancellationToken cancel)
    {
        try
        {
            MustBeReadable();
            MustHaveProvedLately();
            if (await exports.AskAsync(Act, Photo, cancel) is not { } agreed) return LocalRedirect("/holds?said=asked");
            Agreed = agreed;
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }

    public async Task<IActionResult> OnPostTakeAsync(CancellationToken cancel)
    {
        try
        {
            MustBeReadable();
            MustHaveProvedLately();
            return File(await exports.TakeAsync(Act, Photo, Id, cancel), "application/octet-stream", $"{Id:N}.pgseal");
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) =>
        DoSurelyAsync(async () => await desk.ReleaseAsync(Act, Id, cancel) ? "/holds?said=released" : "/holds?said=asked", cancel);
}
