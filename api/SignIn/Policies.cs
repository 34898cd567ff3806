using Microsoft.AspNetCore.Authorization;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn;

/// <summary>By what a request may prove who asks. What they may do is asked by the operations, after the record.</summary>
public static class Policies
{
    /// <summary>JSON calls: a bearer token and nothing else counts.</summary>
    public const string Calls = "calls";

    /// <summary>Media URLs: a bearer token, or the session of a signed-in person.</summary>
    public const string Media = "media";

    /// <summary>Pages: the session of a signed-in person and nothing else counts.</summary>
    public const string Pages = "pages";

    /// <summary>What was begun on a school's device and goes on there: its cookie and the word of it, and nothing else counts.</summary>
    public const string Uploads = "uploads";

    public static void ForUploads(AuthorizationPolicyBuilder policy) => policy
        .AddAuthenticationSchemes(GrantHandler.Scheme)
        .RequireAuthenticatedUser();

    public static void ForPages(AuthorizationPolicyBuilder policy) => policy
        .AddAuthenticationSchemes(SessionHandler.Scheme)
        .RequireAuthenticatedUser();

    public static void ForCalls(AuthorizationPolicyBuilder policy) => policy
        .AddAuthenticationSchemes(BearerHandler.Scheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(StaysOnItsChannel);

    public static void ForMedia(AuthorizationPolicyBuilder policy) => policy
        .AddAuthenticationSchemes(SessionHandler.Scheme, BearerHandler.Scheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(StaysOnItsChannel);

    /// <summary>A token made for one channel reaches that channel's feed and pictures and nothing else.</summary>
    private static bool StaysOnItsChannel(AuthorizationHandlerContext context) =>
        context.User.Identity is not ActorIdentity { Who.Actor.Channel: { } channel }
        || (context.Resource is HttpContext http
            && http.Request.Path.StartsWithSegments($"/api/v1/channels/{Words.Of(channel)}", StringComparison.Ordinal));
}
