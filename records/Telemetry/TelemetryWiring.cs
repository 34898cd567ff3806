using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Telemetry;

/// <summary>Logs, metrics and traces of a process (docs/decisions/0021). Called before anything that may wait at its start.</summary>
public static class TelemetryWiring
{
    /// <param name="process"><c>api</c> or <c>workers</c>.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, PhotoGuardSettings settings, TelemetrySettings told, string process)
    {
        if (!told.Any) return services;
        services.AddSingleton(told);
        services.AddSingleton<RecordsReading>();
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService($"photoguard-{process}", serviceInstanceId: settings.Node, autoGenerateServiceInstanceId: false).AddEnvironmentVariableDetector());
        if (told.Metrics is not null || told.SendsMetrics) telemetry.WithMetrics(metrics => Add(metrics, told));
        if (told.SendsTraces) telemetry.WithTracing(Add);
        services.AddHostedService<RecordsGauges>();
        return services;
    }

    /// <summary>One JSON object a line, on the standard output.</summary>
    public static ILoggingBuilder AddJsonLines(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddConsoleFormatter<JsonLines, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        return logging.AddConsole(console => console.FormatterName = JsonLines.FormatName);
    }

    private static void Add(MeterProviderBuilder metrics, TelemetrySettings told)
    {
        metrics.AddMeter(Signals.Name, RecordsGauges.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime");
        // By route, method and status; the other labels are what a caller or a proxy says of itself.
        metrics.AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration
        {
            TagKeys = ["http.route", "http.request.method", "http.response.status_code"],
            Boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        });
        metrics.AddView("photoguard.work.duration", new ExplicitBucketHistogramConfiguration { Boundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45] });
        if (told.Metrics is { } at)
        {
            metrics.AddPrometheusHttpListener(listener =>
            {
                (listener.Host, listener.Port) = ($"{at.Address}", at.Port);
            });
        }
        if (told.SendsMetrics) metrics.AddOtlpExporter();
    }

    private static void Add(TracerProviderBuilder traces)
    {
        traces.AddSource(Signals.Name, "Microsoft.AspNetCore", "Npgsql");
        traces.SetSampler(new ParentBasedSampler(new OwnRoots()));
        // Before the exporter: what it is given is what leaves.
        traces.AddProcessor(new SpanScrub());
        traces.AddOtlpExporter();
    }
}
