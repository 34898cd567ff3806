using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>The second factor, after a password, a link or a school account was right.</summary>
public sealed class CodePage(Records.Staff.SignIn signIn, Sessions sessions) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () => await this.WelcomeAsync(
        await signIn.WithCodeAsync(SessionCookie.ReadStep(Request), Code, cancel, SessionCookie.Whence(Request)), sessions, To, cancel), cancel);
}
