using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>A collector that takes OTLP over HTTP and keeps every body as a file, as it came.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication app;

    private TraceCollector(WebApplication app) => this.app = app;

    public Uri Address => TestApi.AddressOf(app);

    /// <param name="folder">Where the bodies go: <c>traces-1</c>, <c>metrics-2</c> …</param>
    public static async Task<TraceCollector> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var number = 0;
        app.MapPost("/v1/{signal}", async (string signal, HttpContext context) =>
        {
            await using var file = new FileStream(Path.Combine(folder, $"{signal}-{Interlocked.Increment(ref number)}"), FileMode.CreateNew);
            await context.Request.Body.CopyToAsync(file);
            context.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync();
        return new(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
