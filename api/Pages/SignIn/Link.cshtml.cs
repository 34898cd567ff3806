using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>
/// A one-time link. Opening it only shows a button, so that programs which look at links in messages do not use it up.
/// </summary>
public sealed class LinkPage(Records.Staff.SignIn signIn, FirstSchool first, Sessions sessions) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string Secret { get; set; } = "";

    [BindProperty]
    public string? School { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Zone { get; set; } = "Europe/London";

    [BindProperty]
    public PolicyProfile Profile { get; set; } = PolicyProfile.Strict;

    /// <summary>The first link of all, which makes the first school.</summary>
    public bool IsFirst { get; private set; }

    protected override async Task LoadAsync(CancellationToken cancel) => IsFirst = await first.IsFirstAsync(Secret, cancel);

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var signedIn = await first.IsFirstAsync(Secret, cancel)
            ? await first.RedeemAsync(Secret, School ?? "", Name ?? "", Profile, Zone ?? "", cancel, SessionCookie.Whence(Request))
            : await signIn.WithLinkAsync(Secret, cancel, SessionCookie.Whence(Request));
        return await this.WelcomeAsync(signedIn, sessions, "/sign-in-name", cancel);
    }, cancel);
}
