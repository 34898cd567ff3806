using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.SignIn;

/// <summary>
/// The cookies of a browser. Each holds a secret and nothing else; what it means stands in the records. Over HTTPS their names begin with
/// <c>__Host-</c>, so that no neighbouring address and no plain connection can plant one (RFC 6265bis, 4.1.3.2).
/// </summary>
public static class SessionCookie
{
    private const string Session = "photoguard";

    /// <summary>Stays when people sign out: the browser is an enrolled device, whoever uses it.</summary>
    private const string Browser = "photoguard-device";

    /// <summary>Stays too: somebody has signed in here before, so that no stranger's guessing keeps them out.</summary>
    private const string Known = "photoguard-known";

    /// <summary>Between two requests of one sign-in.</summary>
    private const string Step = "photoguard-step";

    /// <summary>The longest that browsers keep one (RFC 6265bis, 5.5).</summary>
    private static readonly TimeSpan Long = TimeSpan.FromDays(400);

    public static string? Read(HttpRequest request) => Read(request, Session);

    public static string? ReadStep(HttpRequest request) => Read(request, Step);

    /// <summary>From where somebody signs in, as far as the request tells.</summary>
    public static Whence Whence(HttpRequest request) =>
        new(Read(request, Browser), Read(request, Known), request.HttpContext.Connection.RemoteIpAddress);

    /// <summary>The secret of a browser that is an enrolled device; null where it is none.</summary>
    public static string? ReadBrowser(HttpRequest request) => Read(request, Browser);

    /// <summary>Gives the browser the session, or the step that leads to it.</summary>
    public static void Write(HttpContext context, SignedIn signedIn)
    {
        if (signedIn.AwaitsSecond)
        {
            WriteStep(context, signedIn.Secret);
        }
        else
        {
            Append(context, Session, signedIn.Secret);
            Delete(context, Step);
        }

        if (signedIn.Known is { } known) Append(context, Known, known, Long);
        if ((signedIn.Browser ?? ReadBrowser(context.Request)) is { } browser) WriteBrowser(context, browser);
    }

    /// <summary>Makes the browser a device, or keeps it one for longer.</summary>
    public static void WriteBrowser(HttpContext context, string browser) => Append(context, Browser, browser, Long);

    public static void WriteStep(HttpContext context, string step) => Append(context, Step, step);

    /// <summary>Signs the browser out. Whoever holds the iPad next finds nothing; cookies stay, since it is still the school's device.</summary>
    public static void Forget(HttpContext context)
    {
        context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        Delete(context, Session);
        Delete(context, Step);
    }

    /// <summary>A cookie of ours; null where there is none.</summary>
    public static string? Read(HttpRequest request, string name) =>
        request.Cookies[NameOf(request, name)] is { Length: > 0 and <= 200 } secret ? secret : null;

    /// <param name="life">Null for as long as the browser is open.</param>
    public static void Append(HttpContext context, string name, string secret, TimeSpan? life = null, SameSiteMode site = SameSiteMode.Lax)
    {
        var options = Options(context, site);
        options.MaxAge = life;
        context.Response.Cookies.Append(NameOf(context.Request, name), secret, options);
    }

    private static void Delete(HttpContext context, string name) =>
        context.Response.Cookies.Delete(NameOf(context.Request, name), Options(context, SameSiteMode.Lax));

    private static string NameOf(HttpRequest request, string name) => request.IsHttps ? "__Host-" + name : name;

    private static CookieOptions Options(HttpContext context, SameSiteMode site) => new()
    {
        HttpOnly = true,
        SameSite = site,
        Secure = context.Request.IsHttps,
        IsEssential = true,
        Path = "/",
    };
}
