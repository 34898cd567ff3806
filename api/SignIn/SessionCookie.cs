using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.SignIn;

/// <summary>The cookie that carries a session's secret. It lives as long as the browser; the row in the records says when it ends.</summary>
public static class SessionCookie
{
    private const string Name = "photoguard";

    /// <summary>Stays when people sign out: the browser is an enrolled device, whoever uses it.</summary>
    private const string BrowserName = "photoguard-device";

    private static readonly TimeSpan BrowserLife = TimeSpan.FromDays(400);

    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: > 0 and <= 200 } secret ? secret : null;

    /// <summary>The secret of a browser that is an enrolled device; null where it is none.</summary>
    public static string? ReadBrowser(HttpRequest request) => request.Cookies[BrowserName] is { Length: > 0 and <= 200 } secret ? secret : null;

    public static void Write(HttpContext context, SignedIn signedIn)
    {
        context.Response.Cookies.Append(Name, signedIn.Secret, Options(context));
        if ((signedIn.Browser ?? ReadBrowser(context.Request)) is { } browser) WriteBrowser(context, browser);
    }

    /// <summary>Makes the browser a device, or keeps it one for longer.</summary>
    public static void WriteBrowser(HttpContext context, string browser)
    {
        var options = Options(context);
        options.MaxAge = BrowserLife;
        context.Response.Cookies.Append(BrowserName, browser, options);
    }

    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context));

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        IsEssential = true,
        Path = "/",
    };
}
