using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using PhotoGuard.Api.Problems;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn;

/// <summary>A bearer token in the Authorization header, and nowhere else: never in a URL.</summary>
public sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Recognition recognition)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "bearer";

    private bool deviceRevoked;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        var token = header["Bearer ".Length..].Trim();
        if (token.Length > 200 || await recognition.ByTokenAsync(token, Context.RequestAborted) is not { } who)
            return AuthenticateResult.Fail("The token is not valid.");
        deviceRevoked = who.DeviceRevoked;
        return deviceRevoked
            ? AuthenticateResult.Fail("The device is revoked.")
            : AuthenticateResult.Success(new(new ClaimsPrincipal(new ActorIdentity(who, Scheme)), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (deviceRevoked && Context.GetEndpoint()?.Metadata.GetMetadata<TellsRevokedDevice>() is not null)
        {
            return Problem.WriteAsync(Context, ActingStill.DeviceRevoked());
        }

        // Where media are asked for without anything, the session's handler has answered already.
        if (Response.HasStarted) return Task.CompletedTask;
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return Problem.WriteAsync(Context, Problem.SignInNeeded());
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problem.WriteAsync(Context, new Refusal(
        "token-for-one-channel", 403, "This access is for the pictures of one channel only."));
}

/// <summary>Mark of an endpoint that tells a revoked device so, instead of asking for a sign-in (upload).</summary>
public sealed class TellsRevokedDevice;
