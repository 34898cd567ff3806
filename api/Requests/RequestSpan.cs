using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace PhotoGuard.Api.Requests;

/// <summary>
/// Names a request's span by the template of its route. The address itself is never told: it may hold a one-time link or the pseudonym
/// of a pupil.
/// </summary>
public sealed class RequestSpan(RequestDelegate next)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span) Name(span, context);
        }
    }

    private static void Name(Activity span, HttpContext context)
    {
        // Anybody can send any word as a method.
        var method = Methods.Contains(context.Request.Method) ? context.Request.Method : "_OTHER";
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= 500) span.SetStatus(ActivityStatusCode.Error);
    }
}

/// <summary>Traces begin here: what a caller says of a trace, a state or baggage of theirs is text of theirs, and would be sent on.</summary>
public sealed class NoTraceOfOthers : DistributedContextPropagator
{
    public override IReadOnlyCollection<string> Fields => [];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        // Nothing of ours is called with a trace either.
    }

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
        (traceId, traceState) = (null, null);

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
