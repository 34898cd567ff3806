using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>Ends the session, here and in the records.</summary>
public sealed class OutPage(Records.Staff.SignIn signIn) : PlainPage
{
    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        if (SessionCookie.Read(Request) is { } secret) await signIn.OutAsync(secret, cancel);
        SessionCookie.Forget(HttpContext);
        return "/sign-in";
    }, cancel);
}
