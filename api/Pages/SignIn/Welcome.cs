using Microsoft.AspNetCore.Mvc.RazorPages;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>What every way of signing in ends with.</summary>
public static class Welcome
{
    /// <summary>
    /// Gives the browser its new session, whose secret nobody can have known before (OWASP ASVS 5.0, 7.2.4), and ends the one that it had.
    /// </summary>
    /// <returns>The path to go on to: the second factor, where it is awaited; else <paramref name="to"/> where it is one of ours.</returns>
    public static async Task<string> WelcomeAsync(this PageModel page, SignedIn signedIn, Sessions sessions, string? to, CancellationToken cancel)
    {
        var wanted = page.Url.IsLocalUrl(to) ? to! : "/";
        if (!signedIn.AwaitsSecond && SessionCookie.Read(page.Request) is { } before) await sessions.OutAsync(before, cancel);
        SessionCookie.Write(page.HttpContext, signedIn);
        return signedIn.AwaitsSecond ? $"/sign-in/code?to={Uri.EscapeDataString(wanted)}" : wanted;
    }
}
