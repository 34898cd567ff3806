using PhotoGuard.Api.Pages;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Problems;

/// <summary>A refusal as a page in plain words, for people.</summary>
public static class RefusalPage
{
    /// <summary>Somebody looks with a browser, at something that is not of the JSON API.</summary>
    public static bool IsWanted(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpContext context, Refusal refusal, string title)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(BarePage.Html(context, title, refusal.Message, ("/", "Go to the start")), context.RequestAborted);
    }
}
