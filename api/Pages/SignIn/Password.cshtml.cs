using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>A signed-in person chooses sign-in name and password (P24).</summary>
public sealed class PasswordPage(Records.Staff.SignIn signIn) : PlainPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(
        () => signIn.SetPasswordAsync(Act, Name ?? "", Password ?? "", SessionCookie.Read(Request), cancel), "/?said=saved", cancel);
}
