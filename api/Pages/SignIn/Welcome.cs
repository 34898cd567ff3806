using Microsoft.AspNetCore.Mvc.RazorPages;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>What every way of signing in ends with.</summary>
public static class Welcome
{
    /// <inheritdoc cref="WelcomeAsync(HttpContext, SignedIn, Sessions, string, CancellationToken)"/>
    /// <param name="to">Where the person wanted to be; followed where it is a path of ours.</param>
    public static Task<string> WelcomeAsync(this PageModel page, SignedIn signedIn, Sessions sessions, string? to, CancellationToken cancel) =>
        WelcomeAsync(page.HttpContext, signedIn, sessions, page.Url.IsLocalUrl(to) ? to! : "/", cancel);

    /// <summary>
    /// Gives the browser its new session, whose secret nobody can have known before (OWASP ASVS 5.0, 7.2.4), and ends the one that it had.
    /// </summary>
    /// <param name="to">A path of ours.</param>
    /// <returns>The path to go on to: the second factor's, where it is awaited.</returns>
    public static async Task<string> WelcomeAsync(HttpContext http, SignedIn signedIn, Sessions sessions, string to, CancellationToken cancel)
    {
        if (!signedIn.AwaitsSecond && SessionCookie.Read(http.Request) is { } before) await sessions.OutAsync(before, cancel);
        SessionCookie.Write(http, signedIn);
        return signedIn.AwaitsSecond ? $"/sign-in/code?to={Uri.EscapeDataString(to)}" : to;
    }
}
