using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages.SignIn;

/// <summary>A signed-in person chooses sign-in name and password (P24), and goes on to a second factor where their role needs one.</summary>
public sealed class PasswordPage(PasswordChange change, SecondFactors seconds) : PlainPage
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The password before.</summary>
    [BindProperty]
    public string? Current { get; set; }

    public SignInMeans Means { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Means = await seconds.ShowAsync(Act, cancel);
        Name ??= Means.SignInName;
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        await change.SetAsync(Act, Name ?? "", Password ?? "", SessionCookie.Read(Request), cancel, Current, SessionCookie.Whence(Request));
        return (await seconds.ShowAsync(Act, cancel)) is { Needed: true, HasSecond: false } ? "/your-sign-in?said=saved" : "/?said=saved";
    }, cancel);
}
