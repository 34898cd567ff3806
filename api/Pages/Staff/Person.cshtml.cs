using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Staff;

/// <summary>The ICT lead gives a new link, says what a person teaches, and lets a leaver go (P20, P24).</summary>
public sealed class PersonPage(StaffAdmin admin, DeviceDesk devices, SecondFactors seconds, PhotoGuardSettings settings) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Device { get; set; }

    [BindProperty]
    public string? Classes { get; set; }

    [BindProperty]
    public Role[] Roles { get; set; } = [];

    /// <summary>The link just made; told this once.</summary>
    public string? Link { get; private set; }

    public StaffMember Shown { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await admin.ShowAsync(Act, Id, cancel);
        Rights.KeepPeople.Must(Act.By);
    }

    public async Task<IActionResult> OnPostLinkAsync(CancellationToken cancel)
    {
        try
        {
            MustHaveProvedLately();
            var device = string.IsNullOrWhiteSpace(Device) ? null : await devices.EnrolAsync(Act, Device, null, cancel);
            Link = SignInLinks.Url(settings.PublicUrl, await admin.LinkAsync(Act, Id, cancel, device));
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }

    public Task<IActionResult> OnPostClassesAsync(CancellationToken cancel) => DoAsync(
        () => admin.SetClassesAsync(
            Act, Id, (Classes ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), cancel),
        $"/people/{Id}?said=saved", cancel);

    public Task<IActionResult> OnPostRolesAsync(CancellationToken cancel) =>
        DoSurelyAsync(() => admin.SetRolesAsync(Act, Id, Roles, cancel), $"/people/{Id}?said=saved", cancel);

    public Task<IActionResult> OnPostResetAsync(CancellationToken cancel) =>
        DoSurelyAsync(() => seconds.ResetAsync(Act, Id, cancel), $"/people/{Id}?said=second-reset", cancel);

    public Task<IActionResult> OnPostLeaveAsync(CancellationToken cancel) =>
        DoSurelyAsync(() => admin.LeaveAsync(Act, Id, cancel), "/people?said=left", cancel);
}
