using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Requests;

/// <summary>
/// Under which names and through whom the service is reached. A name that is not its own is answered with 400, so that no page of elsewhere
/// whose name suddenly points here reads anything; what a proxy says of the client counts from the proxies that are named, and from nobody else.
/// </summary>
public static class Reach
{
    private static readonly string[] Here = ["127.0.0.1", "localhost", "[::1]"];

    public static void AddReach(this IServiceCollection services, PhotoGuardSettings settings)
    {
        var ours = new Uri(settings.PublicUrl).Host;
        services.Configure<HostFilteringOptions>(options => options.AllowedHosts = [.. Here.Append(ours).Distinct()]);
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            foreach (var proxy in settings.Proxies) options.KnownIPNetworks.Add(proxy);
            options.ForwardedHeaders = settings.Proxies.Count == 0
                ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.AllowedHosts = [ours];
        });
        services.Configure<KestrelServerOptions>(options =>
            options.ConfigureHttpsDefaults(https => https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13));
    }

    public static void UseReach(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseHostFiltering();
    }
}
