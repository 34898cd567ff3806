using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Health;

/// <summary>For load balancers and scripts: status words only.</summary>
public static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => TypedResults.Text("ok")).ExcludeFromDescription();
        app.MapGet("/readyz", async (Readiness readiness, CancellationToken cancel) => await readiness.LookAsync(cancel)
            ? TypedResults.Text("ready")
            : TypedResults.Text("notReady", statusCode: StatusCodes.Status503ServiceUnavailable)).ExcludeFromDescription();
    }
}
