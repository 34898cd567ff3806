using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;

namespace PhotoGuard.Api.Pages.Blocks;

/// <summary>The safeguarding lead places a block or lifts it.</summary>
public sealed class BlockPage(PupilDesk pupils, StandingReader reader, BlockDesk desk) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string MisId { get; set; } = "";

    [BindProperty]
    public string? Reason { get; set; }

    public Pupil Shown { get; private set; } = null!;
    public StandingShown Standing { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await pupils.FindAsync(Act, MisId, cancel);
        Rights.BlockPupil.Must(Act.By);
        Standing = await reader.ReadAsync(Act, MisId, null, cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) =>
        DoAsync(() => desk.PlaceAsync(Act, MisId, Reason ?? "", cancel), $"/blocks/{Uri.EscapeDataString(MisId)}?said=blocked", cancel);

    public Task<IActionResult> OnPostLiftAsync(CancellationToken cancel) =>
        DoAsync(() => desk.LiftAsync(Act, MisId, cancel), $"/blocks/{Uri.EscapeDataString(MisId)}?said=unblocked", cancel);
}
