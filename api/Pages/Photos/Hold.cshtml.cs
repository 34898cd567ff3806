using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Photos;

/// <summary>The safeguarding lead locks a picture, whether or not anybody reported it.</summary>
public sealed class HoldPage(PhotoSight sight, HoldDesk desk) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public DateOnly? ReviewOn { get; set; }

    protected override Task LoadAsync(CancellationToken cancel) => sight.FindForSafeguardingAsync(Act, Id, cancel);

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(
        () => desk.PlaceAsync(
            Act, Id, Fields.Needed(Reason, "reason", 1000), ReviewOn ?? throw Refusals.Invalid("Please fill in the day."), cancel),
        "/holds?said=held", cancel);
}
