using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
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
        // A page that was left alone goes to the sign-in page by itself: that is nobody's doing.
        var isUse = !Request.Path.StartsWithSegments("/sign-in", StringComparison.Ordinal);
        return await recognition.BySessionAsync(secret, Context.RequestAborted, SessionCookie.ReadBrowser(Request), isUse) is { DeviceRevoked: false } who
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(new ActorIdentity(who, Scheme)), Scheme))
            : AuthenticateResult.Fail("The session has ended.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Context.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is null)
        {
            // Media: the token's handler says so in words, once.
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        // A page: sign in, then go on to where they wanted to be. What was sent without a session is not kept.
        var back = HttpMethods.IsGet(Request.Method) ? $"?to={Uri.EscapeDataString(Request.Path + Request.QueryString)}" : "";
        Response.Redirect($"/sign-in{back}");
        return Task.CompletedTask;
    }

    /// <summary>Where media are asked for with a token, the token's handler says in words why not.</summary>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}
