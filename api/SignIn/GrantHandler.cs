using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PhotoGuard.Api.Problems;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.SignIn;

/// <summary>
/// The cookie of a school's device together with the word of something that was begun on it: for sending what is left of it, never for
/// anything else. No other site can know the word, so that none can have a browser send it.
/// </summary>
public sealed class GrantHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, UploadGrants grants)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "grant";

    /// <summary>Carries the word.</summary>
    public const string Header = "Upload-Grant";

    private bool deviceRevoked;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header] is not [{ } word]) return AuthenticateResult.NoResult();
        if (await grants.OpenAsync(word, SessionCookie.ReadBrowser(Request), Context.RequestAborted) is not { } who)
            return AuthenticateResult.Fail("It does not go on.");
        deviceRevoked = who.DeviceRevoked;
        return deviceRevoked
            ? AuthenticateResult.Fail("The device is revoked.")
            : AuthenticateResult.Success(new(new ClaimsPrincipal(new ActorIdentity(who, Scheme)), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problem.WriteAsync(Context, deviceRevoked ? ActingStill.DeviceRevoked() : ActingStill.NotContinued());
}
