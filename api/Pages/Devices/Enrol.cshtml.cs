using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.Devices;

/// <summary>
/// A browser becomes a school's device, by a one-time address or by a code that is typed here. Opening the address only shows a button, so
/// that programs which look at addresses do not use it up. Nobody is signed in, and whoever was signed in here is so no longer.
/// </summary>
public sealed class EnrolPage(EnrolmentDesk enrolments, Sessions sessions) : PlainPage
{
    /// <summary>Of the address; null where a code is typed.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Secret { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var browser = Secret is null ? await enrolments.WithCodeAsync(Code, cancel) : await enrolments.WithAddressAsync(Secret, cancel);
        SessionCookie.WriteBrowser(HttpContext, browser);
        // What began before the browser was a device is not on it.
        if (SessionCookie.Read(Request) is { } session) await sessions.OutAsync(session, cancel);
        SessionCookie.Forget(HttpContext);
        return "/sign-in?said=enrolled";
    }, cancel);
}
