using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;

namespace PhotoGuard.Api.NeedToKnow;

/// <summary>A route as it is mapped.</summary>
/// <param name="Route">As in <see cref="RouteRow.Route"/>.</param>
/// <param name="IsOpen">Nobody has to sign in for it.</param>
public sealed record MappedRoute(string Route, bool IsOpen);

/// <summary>What the program really answers: minimal endpoints, and the handlers of every page.</summary>
public static class MappedRoutes
{
    public static async Task<IReadOnlyList<MappedRoute>> OfAsync(WebApplication app)
    {
        var pages = app.Services.GetRequiredService<PageLoader>();
        var found = new List<MappedRoute>();
        foreach (var endpoint in ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            var path = $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}";
            var open = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || endpoint.Metadata.GetMetadata<IAuthorizeData>() is null;
            IEnumerable<string> routes = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page
                ? (await pages.LoadAsync(page, endpoint.Metadata)).HandlerMethods.Select(handler => $"{handler.HttpMethod.ToUpperInvariant()} {path}"
                    + (handler.Name is { } name ? $"?handler={name.ToLowerInvariant()}" : ""))
                : endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {path}") ?? [$"ANY {path}"];
            found.AddRange(routes.Select(route => new MappedRoute(route, open)));
        }
        return found;
    }
}
