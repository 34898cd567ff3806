using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>Sign-in by name and password.</summary>
public sealed class SignInPage(Records.Staff.SignIn signIn) : PlainPage
{
    /// <summary>Where the person wanted to be.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var signedIn = await signIn.WithPasswordAsync(Name ?? "", Password ?? "", cancel, SessionCookie.ReadBrowser(Request));
        SessionCookie.Write(HttpContext, signedIn);
        return Url.IsLocalUrl(To) ? To! : "/";
    }, cancel);
}
