using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>Ends the session, here and in the records.</summary>
public sealed class OutPage(Sessions sessions) : PlainPage
{
    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        if (SessionCookie.Read(Request) is { } secret) await sessions.OutAsync(secret, cancel);
        SessionCookie.Forget(HttpContext);
        return "/sign-in";
    }, cancel);
}
