using System.Text.Encodings.Web;
using PhotoGuard.Api.Requests;

namespace PhotoGuard.Api.Pages;

/// <summary>A page that needs neither the database nor a view, so that it can say that they are away, or lead elsewhere.</summary>
public static class BarePage
{
    /// <param name="lead">In words; null for none.</param>
    /// <param name="button">Where its one button leads, and what stands on it.</param>
    /// <param name="goesOn">The browser follows the button by itself.</param>
    public static string Html(HttpContext context, string title, string? lead, (string Address, string Words) button, bool goesOn = false) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">{(goesOn ? $"""<meta http-equiv="refresh" content="0;url={Encoded(button.Address)}">""" : "")}
          <title>{Encoded(title)} – PhotoGuard</title>
          <link rel="stylesheet" nonce="{ResponseHeaders.Nonce(context)}" href="/site.css?v={PagesWiring.Version}">
        </head>
        <body>
          <header class="top"><div class="wide"><a class="brand" href="/">PhotoGuard</a></div></header>
          <main class="wide">
            <h1>{Encoded(title)}</h1>
            {(lead is null ? "" : $"""<p class="lead">{Encoded(lead)}</p>""")}
            <p><a class="button" href="{Encoded(button.Address)}">{Encoded(button.Words)}</a></p>
          </main>
        </body>
        </html>
        """;

    private static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}
