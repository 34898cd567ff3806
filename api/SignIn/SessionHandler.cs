using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PhotoGuard.Api.Problems;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.SignIn;

/// <summary>The session cookie of a signed-in person: for pages and for media that pages show, never for JSON calls.</summary>
public sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Recognition recognition)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "session";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Request) is not { } secret) return AuthenticateResult.NoResult();
        return await recognition.BySessionAsync(secret, Context.RequestAborted) is { DeviceRevoked: false } who
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(new ActorIdentity(who, Scheme)), Scheme))
            : AuthenticateResult.Fail("The session has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problem.WriteAsync(Context, Problem.SignInNeeded());

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problem.WriteAsync(Context, Problem.SignInNeeded());
}
