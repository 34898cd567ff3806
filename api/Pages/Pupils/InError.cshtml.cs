using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>The office says that an answer was recorded in error.</summary>
public sealed class InErrorPage(ConsentRecorder recorder, PupilDesk pupils) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string MisId { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public ConsentAnswer Shown { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await recorder.ShowAsync(Act, Id, cancel);
        if ((await pupils.OpenAsync(Act, MisId, cancel)).Id != Shown.PupilId) throw Refusals.NotFound("answer");
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(
        () => recorder.InvalidateAsync(Act, Id, Reason ?? "", cancel), $"/pupils/{Uri.EscapeDataString(MisId)}?said=invalidated", cancel);
}
