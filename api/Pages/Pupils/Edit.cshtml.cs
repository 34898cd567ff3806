using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>The office adds a pupil or changes one.</summary>
public sealed class EditPupilPage(PupilDesk desk) : PlainPage
{
    /// <summary>Empty while the pupil is new.</summary>
    [BindProperty(SupportsGet = true)]
    public string? MisId { get; set; }

    [BindProperty]
    public string? Number { get; set; }

    [BindProperty]
    public string? GivenName { get; set; }

    [BindProperty]
    public string? FamilyName { get; set; }

    [BindProperty]
    public DateOnly? DateOfBirth { get; set; }

    [BindProperty]
    public string? ClassName { get; set; }

    [BindProperty]
    public DateOnly? LeftOn { get; set; }

    public bool IsNew => MisId is null;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Rights.KeepPupils.Must(Act.By);
        if (IsNew || HttpMethods.IsPost(Request.Method)) return;
        var pupil = await desk.OpenAsync(Act, MisId!, cancel);
        (GivenName, FamilyName, DateOfBirth, ClassName, LeftOn) =
            (pupil.GivenName, pupil.FamilyName, pupil.DateOfBirth, pupil.ClassName, pupil.LeftOn);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var misId = MisId ?? Fields.Needed(Number, "pupil number", 64);
        if (IsNew && await IsKnownAsync(misId, cancel)) throw Refusals.Invalid("There is a pupil with that number already.");
        var born = DateOfBirth ?? throw Refusals.Invalid("Please fill in when the pupil was born.");
        await desk.PutAsync(Act, misId, new(GivenName ?? "", FamilyName ?? "", born, ClassName ?? "", LeftOn), cancel);
        return $"/pupils/{Uri.EscapeDataString(misId)}?said=saved";
    }, cancel);

    /// <summary>Adding must not change somebody who is there.</summary>
    private async Task<bool> IsKnownAsync(string misId, CancellationToken cancel)
    {
        try
        {
            await desk.FindAsync(Act, misId, cancel);
            return true;
        }
        catch (Refusal)
        {
            return false;
        }
    }
}
