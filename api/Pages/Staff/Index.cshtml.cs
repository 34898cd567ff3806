using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Staff;

/// <summary>The ICT lead adds people (P14, P20).</summary>
public sealed class PeoplePage(StaffAdmin admin, DeviceDesk devices, PhotoGuardSettings settings) : PlainPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public Role[] Roles { get; set; } = [];

    [BindProperty]
    public string? Device { get; set; }

    /// <summary>The link just made; told this once.</summary>
    public string? Link { get; private set; }

    public string? LinkFor { get; private set; }
    public IReadOnlyList<StaffMember> People { get; private set; } = [];
    public IReadOnlyList<Device> Devices { get; private set; } = [];

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Devices = await devices.ListAsync(Act, cancel);
        People = [.. (await admin.ListAsync(Act, null, int.MaxValue, cancel)).OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase)];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        try
        {
            MustHaveProvedLately();
            if (Roles.Length == 0) throw Refusals.Invalid("Please choose at least one role.");
            var device = string.IsNullOrWhiteSpace(Device) ? null : await devices.EnrolAsync(Act, Device, null, cancel);
            (var person, var secret) = await admin.AddAsync(Act, Name ?? "", Roles, cancel, device);
            (Link, LinkFor) = (SignInLinks.Url(settings.PublicUrl, secret), person.Name);
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }
}
