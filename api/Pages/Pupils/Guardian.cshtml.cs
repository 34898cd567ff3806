using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Pupils;

/// <summary>The office adds a guardian or changes one.</summary>
public sealed class GuardianPage(GuardianDesk desk) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string MisId { get; set; } = "";

    /// <summary><c>new</c> while the guardian is new.</summary>
    [BindProperty(SupportsGet = true)]
    public string GuardianId { get; set; } = "";

    [BindProperty]
    public string? Number { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public bool Responsibility { get; set; }

    public bool IsNew => GuardianId == "new";

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var known = await desk.ListAsync(Act, MisId, null, int.MaxValue, cancel);
        if (HttpMethods.IsPost(Request.Method)) return;
        if (IsNew)
        {
            Responsibility = true;
            return;
        }

        var guardian = known.Find(one => one.GuardianId == GuardianId) ?? throw Refusals.NotFound("guardian");
        (Name, Email, Responsibility) = (guardian.Name.Text, guardian.Email?.Text, guardian.Responsibility);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var id = IsNew ? Fields.Needed(Number, "guardian number", 64) : GuardianId;
        if (IsNew && (id == "new" || (await desk.ListAsync(Act, MisId, null, int.MaxValue, cancel)).Exists(one => one.GuardianId == id)))
            throw Refusals.Invalid("There is a guardian with that number already. Please choose another.");
        await desk.PutAsync(Act, MisId, id, Name ?? "", Email, Responsibility, cancel);
        return $"/pupils/{Uri.EscapeDataString(MisId)}?said=saved";
    }, cancel);
}
