using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using PhotoGuard.Api.Pages.SignIn;
using PhotoGuard.Api.Problems;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn.OpenId;

/// <summary>
/// What is asked beyond the handler's own checks, and what follows: a session, a link, or a page that says why not. Nothing of a token is kept or
/// logged.
/// </summary>
public sealed class SchoolAccountEvents(Provider provider) : OpenIdConnectEvents
{
    private const string LinkFor = "link-for", To = "to";

    /// <summary>What is to become of the answer.</summary>
    /// <param name="to">A path of our own to go on to.</param>
    /// <param name="linkFor">The session whose person links the account; null where somebody signs in.</param>
    /// <param name="again">The person is to prove anew who they are, also where the provider knows them.</param>
    public static AuthenticationProperties Begin(string to, string? linkFor, bool again)
    {
        var begun = new AuthenticationProperties { Items = { [To] = to } };
        if (linkFor is not null) begun.Items[LinkFor] = Convert.ToHexString(Secret.Hash(linkFor));
        if (again) begun.SetParameter(Again, true);
        return begun;
    }

    private const string Again = "again";

    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        if (provider.HostedDomain is { } domain) context.ProtocolMessage.SetParameter("hd", domain);
        if (context.Properties.GetParameter<bool>(Again)) (context.ProtocolMessage.Prompt, context.ProtocolMessage.MaxAge) = ("login", "0");
        return Task.CompletedTask;
    }

    /// <summary>RFC 9207: whose answer it is, before anything of it is used.</summary>
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var described = await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        if (!provider.MayBe(described.Issuer)) context.Fail("The provider describes itself as another.");
        else if (context.ProtocolMessage.Iss is { } issuer ? !provider.MayBe(issuer) : described.AuthorizationResponseIssParameterSupported)
            context.Fail("The answer does not say that it is of this provider.");
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var token = context.SecurityToken;
        // From a token endpoint the handler takes a token that nobody signed (OpenID Connect Core 1.0, 3.1.3.7, 6, allows it); we do not.
        if (context.TokenEndpointResponse?.IdToken is not { } told || told.EndsWith('.')) context.Fail("The token is not signed.");
        else if (token.Audiences.Count() > 1 && token.Payload.Azp != provider.ClientId) context.Fail("The token is for several, and another one asked for it.");
        else if (provider.HostedDomain is { } domain && !string.Equals(context.Principal!.FindFirstValue("hd"), domain, StringComparison.OrdinalIgnoreCase))
            context.Fail("The account is not of the school's domain.");
        else if (SubjectOf(context.Principal!) is not { Length: > 0 and <= 255 }) context.Fail("The token does not say whose it is.");
        return Task.CompletedTask;
    }

    /// <summary>Everything was right: opens the session, or links the account to the one that is open.</summary>
    public override async Task TicketReceived(TicketReceivedContext context)
    {
        var (http, cancel) = (context.HttpContext, context.HttpContext.RequestAborted);
        context.HandleResponse();
        try
        {
            var who = Vouched(context.Principal!);
            var to = context.Properties!.Items.TryGetValue(To, out var wanted) ? wanted! : "/";
            if (context.Properties.Items.TryGetValue(LinkFor, out var session)) await LinkAsync(http, session!, who, cancel);
            else to = await SignInAsync(http, who, to, cancel);
            http.Response.Redirect(to);
        }
        catch (Refusal refusal)
        {
            await Problem.WriteAsync(http, refusal);
        }
    }

    /// <summary>Whatever went wrong: a sentence for the person, and nothing of what was sent.</summary>
    public override Task RemoteFailure(RemoteFailureContext context)
    {
        context.HandleResponse();
        return Problem.WriteAsync(context.HttpContext, context.Failure is { } failure && IsAway(failure)
            ? Away()
            : new Refusal(
                "school-account-refused", 401,
                "Signing in with your school account did not work. Please try again from the sign-in page; if it goes on, tell the ICT lead."));
    }

    public static Refusal Away() => new(
        "school-account-away", 503, "Your school account's sign-in does not answer at the moment. Please try again later, or sign in another way.");

    /// <summary>The provider, or the way to it, is down: no fault of whoever signs in.</summary>
    public static bool IsAway(Exception failure) => failure is HttpRequestException or TaskCanceledException or IOException
        || (failure.InnerException is { } inner && IsAway(inner));

    private static async Task LinkAsync(HttpContext http, string session, Vouched who, CancellationToken cancel)
    {
        // The answer belongs to the session that asked: an account that somebody else signed in to is not slipped in.
        var secret = SessionCookie.Read(http.Request);
        if (secret is null || Convert.ToHexString(Secret.Hash(secret)) != session
            || await http.RequestServices.GetRequiredService<Recognition>().BySessionAsync(secret, cancel, SessionCookie.ReadBrowser(http.Request)) is not { DeviceRevoked: false } known)
            throw SignInStepOver();
        await http.RequestServices.GetRequiredService<SchoolAccounts>().LinkAsync(new Act(known.SchoolId, known.Actor), who, cancel);
    }

    private static async Task<string> SignInAsync(HttpContext http, Vouched who, string to, CancellationToken cancel) => await Welcome.WelcomeAsync(
        http, await http.RequestServices.GetRequiredService<SchoolAccounts>().SignInAsync(who, SessionCookie.Whence(http.Request), cancel),
        http.RequestServices.GetRequiredService<Sessions>(), to, cancel);

    private Vouched Vouched(ClaimsPrincipal told) => new(
        told.FindFirstValue("iss")!,
        SubjectOf(told)!,
        provider.Title,
        // RFC 8176: more than one factor, said by the provider itself.
        told.FindAll("amr").Any(way => way.Value == "mfa"),
        told.FindFirstValue("auth_time") is { } at && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null);

    private string? SubjectOf(ClaimsPrincipal told) => told.FindFirstValue(provider.Kind == ProviderKind.Microsoft ? "oid" : "sub");

    private static Refusal SignInStepOver() => new("step-too-old", 410, "That took too long, or was done already. Please begin again.");
}
