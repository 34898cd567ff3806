using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using PhotoGuard.Api.Pages;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn.OpenId;

/// <summary>
/// Sends the browser to a provider. By a page of ours that goes on by itself: our policy lets forms lead to us alone, and browsers hold redirects
/// after a form to that (Content Security Policy Level 3, 6.4.2.1).
/// </summary>
public static class Departure
{
    /// <exception cref="Refusal"><c>school-account-away</c> 503.</exception>
    public static async Task<IActionResult> GoAsync(this PageModel page, Provider provider, AuthenticationProperties begun, CancellationToken cancel)
    {
        var http = page.HttpContext;
        var options = http.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(provider.Scheme);
        try
        {
            await options.ConfigurationManager!.GetConfigurationAsync(cancel);
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException or IOException)
        {
            throw SchoolAccountEvents.Away();
        }

        await http.ChallengeAsync(provider.Scheme, begun);
        var there = http.Response.Headers.Location.ToString();
        http.Response.Headers.Remove(HeaderNames.Location);
        return new ContentResult
        {
            ContentType = "text/html; charset=utf-8",
            StatusCode = StatusCodes.Status200OK,
            Content = BarePage.Html(http, $"Going to {provider.Title}", null, (there, "Go on"), goesOn: true),
        };
    }
}
