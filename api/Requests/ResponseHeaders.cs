using Microsoft.Net.Http.Headers;

namespace PhotoGuard.Api.Requests;

/// <summary>Headers of every answer: kept by no cache, guessed at by no browser, framed by nobody. An endpoint may set its own.</summary>
public sealed class ResponseHeaders(RequestDelegate next)
{
    // Pages load what is ours only; nothing else loads anything.
    private const string Policy =
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd(HeaderNames.CacheControl, "private, no-store");
            headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");
            headers.TryAdd(HeaderNames.ContentSecurityPolicy, Policy);
            headers.TryAdd("Referrer-Policy", "no-referrer");
            return Task.CompletedTask;
        });
        return next(context);
    }
}
