using System.Text.Encodings.Web;
using PhotoGuard.Api.Pages;
using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Problems;

/// <summary>A refusal as a page in plain words, for people. Needs neither the database nor a view, so it can say that they are away.</summary>
public static class RefusalPage
{
    /// <summary>Somebody looks with a browser, at something that is not of the JSON API.</summary>
    public static bool IsWanted(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpContext context, Refusal refusal, string title)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{Encoded(title)} – PhotoGuard</title>
              <link rel="stylesheet" nonce="{ResponseHeaders.Nonce(context)}" href="/site.css?v={PagesWiring.Version}">
            </head>
            <body>
              <header class="top"><div class="wide"><a class="brand" href="/">PhotoGuard</a></div></header>
              <main class="wide">
                <h1>{Encoded(title)}</h1>
                <p class="lead">{Encoded(refusal.Message)}</p>
                <p><a class="button" href="/">Go to the start</a></p>
              </main>
            </body>
            </html>
            """, context.RequestAborted);
    }

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}
