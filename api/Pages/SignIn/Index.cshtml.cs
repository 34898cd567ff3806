using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Api.SignIn.OpenId;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>Name and password, or a passkey. Whoever has a second factor beside the password goes on to <see cref="CodePage"/>.</summary>
public sealed class SignInPage(Records.Staff.SignIn signIn, PasskeyCeremony passkeys, Sessions sessions, Providers providers) : PlainPage
{
    /// <summary>Where the person wanted to be.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    /// <summary>Somebody who is signed in is asked once more.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Again { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    /// <summary>Name of a provider of school accounts.</summary>
    [BindProperty]
    public string? With { get; set; }

    public IReadOnlyList<Provider> Providers => providers.All;

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () => await this.WelcomeAsync(
        await signIn.WithPasswordAsync(Name ?? "", Password ?? "", cancel, SessionCookie.Whence(Request)), sessions, To, cancel), cancel);

    /// <summary>The question to the browser, as JSON for the page's script.</summary>
    public async Task<IActionResult> OnPostPasskeyAskedAsync(CancellationToken cancel)
    {
        var (options, step) = await passkeys.AskAsync(HttpContext, cancel);
        SessionCookie.WriteStep(HttpContext, step);
        return Content(options, "application/json");
    }

    public Task<IActionResult> OnPostPasskeyAsync(CancellationToken cancel) => DoAsync(async () => await this.WelcomeAsync(
        await passkeys.SignInAsync(HttpContext, Credential, cancel), sessions, To, cancel), cancel);

    /// <summary>Goes to the provider; a form of ours leads there, so that no other site begins it.</summary>
    public Task<IActionResult> OnPostWithAsync(CancellationToken cancel) =>
        this.GoAsync(providers.Find(With), SchoolAccountEvents.Begin(Url.IsLocalUrl(To) ? To! : "/", null, Again), cancel);
}
