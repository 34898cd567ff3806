using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Api.SignIn.OpenId;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>A person's own ways of signing in, and where they are signed in (OWASP ASVS 5.0, 6.3.7, 7.5.2).</summary>
public sealed class YoursPage(SecondFactors seconds, Passkeys passkeys, PasskeyCeremony ceremony, Sessions sessions, SchoolAccounts accounts,
    Providers providers, SchoolZone zone) : PlainPage
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty]
    public string? Passkey { get; set; }

    [BindProperty]
    public string? Session { get; set; }

    /// <summary>Name of a provider of school accounts.</summary>
    [BindProperty]
    public string? With { get; set; }

    public IReadOnlyList<Provider> Providers => providers.All;

    public SignInMeans Means { get; private set; } = null!;
    public IReadOnlyList<SessionSeen> Sessions { get; private set; } = [];
    public TimeZoneInfo Zone { get; private set; } = null!;

    /// <summary>For the app, until its first code was right; told this once.</summary>
    public string? NewSecret { get; private set; }

    /// <summary>Told this once.</summary>
    public IReadOnlyList<string>? RecoveryCodes { get; private set; }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Means = await seconds.ShowAsync(Act, cancel);
        Sessions = await sessions.ListAsync(Act, SessionCookie.Read(Request), cancel);
        Zone = await zone.OfAsync(Act, cancel);
    }

    public Task<IActionResult> OnPostBeginCodesAsync(CancellationToken cancel) => ShowAsync(async () =>
    {
        (NewSecret, var step) = await seconds.BeginCodesAsync(Act, cancel);
        SessionCookie.WriteStep(HttpContext, step);
    }, cancel);

    public Task<IActionResult> OnPostCodesAsync(CancellationToken cancel) => ShowAsync(async () =>
    {
        var step = SessionCookie.ReadStep(Request);
        // A code that was mistyped is no reason to begin again.
        NewSecret = await seconds.BegunCodesAsync(Act, step, cancel);
        RecoveryCodes = await seconds.ConfirmCodesAsync(Act, step, Code ?? "", cancel);
        NewSecret = null;
    }, cancel);

    public Task<IActionResult> OnPostStopCodesAsync(CancellationToken cancel) => ShowAsync(() => seconds.StopCodesAsync(Act, cancel), cancel);

    public Task<IActionResult> OnPostRecoveryAsync(CancellationToken cancel) => ShowAsync(async () =>
        RecoveryCodes = await seconds.NewRecoveryCodesAsync(Act, cancel), cancel);

    /// <summary>The question to the browser, as JSON for the page's script.</summary>
    public async Task<IActionResult> OnPostPasskeyAskedAsync(CancellationToken cancel)
    {
        MustHaveProvedLately();
        var (options, step) = await ceremony.AskForNewAsync(Act, (await seconds.ShowAsync(Act, cancel)).SignInName ?? "PhotoGuard", HttpContext, cancel);
        SessionCookie.WriteStep(HttpContext, step);
        return Content(options, "application/json");
    }

    public Task<IActionResult> OnPostPasskeyAsync(CancellationToken cancel) => ShowAsync(async () =>
        RecoveryCodes = await ceremony.AddAsync(Act, HttpContext, Credential, Name, cancel), cancel);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancel) => ShowAsync(() => passkeys.RemoveAsync(Act, Id(), cancel), cancel);

    /// <summary>Goes to the provider; the account that comes back belongs to this session's person from then on.</summary>
    public Task<IActionResult> OnPostLinkAsync(CancellationToken cancel)
    {
        if (!ProvedLately) return ShowAsync(() => Task.CompletedTask, cancel);
        return this.GoAsync(providers.Find(With), SchoolAccountEvents.Begin("/your-sign-in?said=saved", SessionCookie.Read(Request), again: false), cancel);
    }

    public Task<IActionResult> OnPostUnlinkAsync(CancellationToken cancel) => ShowAsync(() => accounts.UnlinkAsync(Act, With ?? "", cancel), cancel);

    public Task<IActionResult> OnPostEndAsync(CancellationToken cancel) => DoSurelyAsync(
        () => sessions.EndAsync(Act, Session, SessionCookie.Read(Request), cancel), "/your-sign-in?said=saved", cancel);

    public string Day(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    public string Moment(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone).ToString("d MMMM, HH:mm", CultureInfo.InvariantCulture);

    private byte[] Id() => Passkey is { Length: <= 2046 } id && id.Length % 2 == 0 && id.All(char.IsAsciiHexDigit)
        ? Convert.FromHexString(id)
        : throw Refusals.NotFound("passkey");

    /// <summary>Does it and shows the same page with what is told once: a redirect would lose it.</summary>
    private async Task<IActionResult> ShowAsync(Func<Task> operation, CancellationToken cancel)
    {
        try
        {
            MustHaveProvedLately();
            await operation();
            await LoadAsync(cancel);
            return Page();
        }
        catch (Refusal refusal) when (refusal.Status < 500)
        {
            return await ShowRefusedAsync(refusal, cancel);
        }
    }
}
