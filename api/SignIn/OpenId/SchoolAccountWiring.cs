using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn.OpenId;

/// <summary>Each provider of the file is a scheme of ASP.NET Core's own handler: code flow, PKCE, nonce, state (OpenID Connect Core 1.0, 3.1).</summary>
public static class SchoolAccountWiring
{
    public static void AddSchoolAccounts(this AuthenticationBuilder authentication, PhotoGuardSettings settings)
    {
        var providers = Providers.From(settings.SignIn);
        authentication.Services.AddSingleton(providers);
        // A provider that has changed its keys is asked for them at once, and not in the background while its people are refused.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);
        var https = settings.PublicUrl.StartsWith("https:", StringComparison.Ordinal);
        foreach (var provider in providers.All)
        {
            authentication.AddOpenIdConnect(provider.Scheme, options => Configure(options, provider, https));
            authentication.Services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>>(services =>
                new ConfigureNamedOptions<OpenIdConnectOptions>(provider.Scheme, options =>
                    options.StateDataFormat = new SealedState(services.GetRequiredService<RootKey>(), services.GetRequiredService<TimeProvider>())));
        }
    }

    private static void Configure(OpenIdConnectOptions options, Provider provider, bool https)
    {
        options.MetadataAddress = provider.Metadata;
        options.RequireHttpsMetadata = !provider.IsOnThisMachine;
        options.ClientId = provider.ClientId;
        options.ClientSecret = provider.ClientSecret;
        options.CallbackPath = provider.Callback;
        // Signing out here is signing out here: the account at the school goes on.
        (options.RemoteSignOutPath, options.SignedOutCallbackPath) = (PathString.Empty, provider.Callback + "/out");
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.PushedAuthorizationBehavior = PushedAuthorizationBehavior.Disable;
        options.Scope.Clear();
        options.Scope.Add("openid");
        // Microsoft tells `oid` for it. Neither name nor address is read.
        if (provider.Kind == ProviderKind.Microsoft) options.Scope.Add("profile");
        options.GetClaimsFromUserInfoEndpoint = false;
        options.SaveTokens = false;
        options.MapInboundClaims = false;
        // Those that it would take away are the ones that are read: who says it, and how.
        options.ClaimActions.Clear();
        options.DisableTelemetry = true;
        options.RefreshInterval = TimeSpan.FromSeconds(30);
        options.BackchannelTimeout = TimeSpan.FromSeconds(10);
        options.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
        options.StringDataFormat = new PlainNonce();
        // Handed to nobody: the session is opened by SchoolAccountEvents.
        options.SignInScheme = SessionHandler.Scheme;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = provider.ClientId,
            IssuerValidator = (issuer, token, _) => IssuerOf(provider, issuer, token),
            ValidAlgorithms = ["RS256", "PS256", "ES256"],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(60),
        };
        options.Events = new SchoolAccountEvents(provider);
        foreach (var cookie in new[] { options.CorrelationCookie, options.NonceCookie })
        {
            // The answer comes as a plain visit, for which Lax is enough.
            cookie.SameSite = SameSiteMode.Lax;
            cookie.Path = "/";
            cookie.SecurePolicy = https ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        }

        var host = https ? "__Host-" : "";
        (options.CorrelationCookie.Name, options.NonceCookie.Name) = ($"{host}photoguard-oidc-", $"{host}photoguard-nonce-");
    }

    /// <summary>The issuer is one of the provider's, and of several tenants the very one that the token names.</summary>
    private static string IssuerOf(Provider provider, string issuer, SecurityToken token)
    {
        var tenant = token is Microsoft.IdentityModel.JsonWebTokens.JsonWebToken jwt && jwt.TryGetPayloadValue<string>("tid", out var tid) ? tid : null;
        var right = provider.Tenants.Count == 0
            ? issuer == provider.Issuer
            : provider.Tenants.Any(one => one == tenant && issuer == provider.Issuer.Replace(Provider.TenantPlace, one, StringComparison.Ordinal));
        return right ? issuer : throw new SecurityTokenInvalidIssuerException("The token is of another issuer or tenant.");
    }
}
