namespace PhotoGuard.Api.SignIn;

/// <summary>The cookie that carries a session's secret. It lives as long as the browser; the row in the records says when it ends.</summary>
public static class SessionCookie
{
    private const string Name = "photoguard";

    public static string? Read(HttpRequest request) => request.Cookies[Name] is { Length: > 0 and <= 200 } secret ? secret : null;

    public static void Write(HttpContext context, string secret) => context.Response.Cookies.Append(Name, secret, Options(context));

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
