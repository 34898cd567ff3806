using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Devices;

/// <summary>The ICT lead enrols school equipment, sees when it was used last, and revokes it (P5).</summary>
public sealed class DevicesPage(DeviceDesk desk, EnrolmentDesk enrolments, UploadTerms terms, SchoolZone zone, PhotoGuardSettings settings) : PlainPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? CameraModel { get; set; }

    [BindProperty]
    public string? Owner { get; set; }

    [BindProperty]
    public int Minutes { get; set; }

    /// <summary>How the device becomes one; told this once.</summary>
    public EnrolmentOffer? Offer { get; private set; }

    public string Address => EnrolmentDesk.Url(settings.PublicUrl, Offer!.Secret);

    /// <summary>Where the code is typed.</summary>
    public string CodeAddress => $"{settings.PublicUrl}/enrol";

    public IReadOnlyList<Device> Shown { get; private set; } = [];
    public int Idle { get; private set; }
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await desk.ListAsync(Act, cancel);
        Idle = await terms.DeviceIdleMinutesAsync(Act, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => OfferAsync(
        async () => (await desk.EnrolAsync(Act, Name ?? "", CameraModel, cancel, Owner)).Id, cancel);

    public Task<IActionResult> OnPostCodeAsync(CancellationToken cancel) => OfferAsync(() => Task.FromResult(Id), cancel);

    public Task<IActionResult> OnPostChangeAsync(CancellationToken cancel) =>
        DoAsync(() => desk.ChangeAsync(Act, Id, Name ?? "", CameraModel, Owner, cancel), "/devices?said=saved", cancel);

    public Task<IActionResult> OnPostRevokeAsync(CancellationToken cancel) =>
        DoAsync(() => desk.RevokeAsync(Act, Id, cancel), "/devices?said=revoked", cancel);

    public Task<IActionResult> OnPostIdleAsync(CancellationToken cancel) =>
        DoAsync(() => desk.SetIdleAsync(Act, Minutes, cancel), "/devices?said=saved", cancel);

    private async Task<IActionResult> OfferAsync(Func<Task<Guid>> device, CancellationToken cancel)
    {
        try
        {
            Offer = await enrolments.OfferAsync(Act, await device(), cancel);
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }
}
