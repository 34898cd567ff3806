using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace PhotoGuard.Api.Requests;

/// <summary>Headers of every answer: kept by no cache, guessed at by no browser, framed by nobody. An endpoint may set its own.</summary>
public sealed class ResponseHeaders(RequestDelegate next)
{
    private const string Key = "nonce";

    // Two years, as the preload lists ask; for names below ours too, which nobody else can then use to plant cookies. The service has a name of its own
    // (docs/operations.md), so that the school's other names do not stand below it.
    private const string Https = "max-age=63072000; includeSubDomains";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd(HeaderNames.CacheControl, "private, no-store");
            headers.TryAdd(HeaderNames.XContentTypeOptions, "nosniff");
            headers.TryAdd(HeaderNames.ContentSecurityPolicy, Policy(context));
            // Forms tell where they come from to ourselves, and pages to nobody else.
            headers.TryAdd("Referrer-Policy", "same-origin");
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
            headers.TryAdd("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()");
            if (context.Request.IsHttps) headers.TryAdd(HeaderNames.StrictTransportSecurity, Https);
            return Task.CompletedTask;
        });
        return next(context);
    }

    /// <summary>What a page names its own script and stylesheet by: new with every answer, so that nothing that was slipped in runs.</summary>
    public static string Nonce(HttpContext context) => (string)(context.Items[Key] ??= Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));

    // Pages load what is ours only; nothing else loads anything.
    private static string Policy(HttpContext context) => context.Items[Key] is string nonce
        ? $"default-src 'none'; img-src 'self'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; form-action 'self'; "
          + "base-uri 'none'; frame-ancestors 'none'"
        : "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
