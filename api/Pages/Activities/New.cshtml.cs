using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Activities;

/// <summary>A teacher asks for an activity (P2, P7).</summary>
public sealed class NewActivityPage(ActivityDesk desk) : PlainPage
{
    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public string? Purpose { get; set; }

    [BindProperty]
    public DateOnly? HeldOn { get; set; }

    [BindProperty]
    public DateOnly? HeldUntil { get; set; }

    [BindProperty]
    public Channel[] Channels { get; set; } = [];

    [BindProperty]
    public string? Afterwards { get; set; }

    [BindProperty]
    public DateOnly? KeepUntil { get; set; }

    protected override Task LoadAsync(CancellationToken cancel)
    {
        Rights.StartActivity.Must(Act.By);
        return Task.CompletedTask;
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var heldOn = HeldOn ?? throw Refusals.Invalid("Please fill in the first day.");
        var activity = await desk.CreateAsync(
            Act, new(Title ?? "", Purpose ?? "", heldOn, HeldUntil, Channels, Afterwards ?? "", KeepUntil), cancel);
        return $"/activities/{activity.Id}?said=started";
    }, cancel);
}
