using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn.OpenId;

public static class Departure
{
    /// <summary>Sends the browser to the provider, unless that is down.</summary>
    /// <exception cref="Refusal"><c>school-account-away</c> 503.</exception>
    public static async Task<IActionResult> GoAsync(this PageModel page, Provider provider, AuthenticationProperties begun, CancellationToken cancel)
    {
        var options = page.HttpContext.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(provider.Scheme);
        try
        {
            await options.ConfigurationManager!.GetConfigurationAsync(cancel);
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException or IOException)
        {
            throw SchoolAccountEvents.Away();
        }

        return new ChallengeResult(provider.Scheme, begun);
    }
}
