using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Staff;

/// <summary>The ICT lead gives programs access, sees what is used, and takes it away (P20).</summary>
public sealed class TokensPage(TokenDesk desk, SchoolZone zone) : PlainPage
{
    private const int MostYears = 2;

    [BindProperty]
    public Role Role { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public Channel? Channel { get; set; }

    [BindProperty]
    public DateOnly? ExpiresOn { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    /// <summary>The token just made; told this once.</summary>
    public string? Token { get; private set; }

    public IReadOnlyList<TokenSeen> Tokens { get; private set; } = [];
    public DateOnly Today { get; private set; }
    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Tokens = await desk.ListAsync(Act, null, int.MaxValue, cancel);
        Today = await zone.TodayAsync(Act, cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        try
        {
            MustBeReadable();
            MustHaveProvedLately();
            var today = await zone.TodayAsync(Act, cancel);
            var last = ExpiresOn ?? throw Refusals.Invalid("Please say until when it is good.");
            if (last < today || last > today.AddYears(MostYears)) throw Refusals.Invalid("A token is good for two years at most.");
            (Token, _) = await desk.IssueAsync(Act, new(Role, Name, null, Channel, last), cancel);
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }

    public Task<IActionResult> OnPostRevokeAsync(CancellationToken cancel) =>
        DoAsync(() => desk.RevokeAsync(Act, Id, cancel), "/tokens?said=token-revoked", cancel);
}
