using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Workers.Audit;
using PhotoGuard.Workers.Photos;
using PhotoGuard.Workers.Publication;
using PhotoGuard.Workers.Recovery;
using PhotoGuard.Workers.Removal;
using PhotoGuard.Workers.Retention;
using PhotoGuard.Workers.Sandbox;
using PhotoGuard.Workers.Work;

namespace PhotoGuard.Workers;

/// <summary>What a worker is made of: the one home of its wiring.</summary>
public static class WorkersHost
{
    /// <exception cref="SettingsException">The environment does not say where the records are.</exception>
    public static IHost Build(Action<IServiceCollection>? change = null)
    {
        var builder = Host.CreateApplicationBuilder();
        // Entity Framework writes a failure with all that it says into its own line; whoever asked the database tells of it in ours.
        builder.Logging.AddJsonLines().AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Critical);
        var settings = PhotoGuardSettings.From(builder.Configuration);
        // First, so that it tells of a start that waits for a restore.
        builder.Services.AddTelemetry(settings, TelemetrySettings.From(builder.Configuration), "workers");
        builder.Services.AddWorkers(settings);
        change?.Invoke(builder.Services);
        return builder.Build();
    }

    public static IServiceCollection AddWorkers(this IServiceCollection services, PhotoGuardSettings settings)
    {
        // Their statements are over batches of tables that fill and empty within minutes: a plan made while one was small reads through all of
        // it when it is large. What the database asks itself (foreign keys, triggers) keeps its plans; planning that anew for each row was
        // half of what destroying a photo cost.
        services.AddRecords(settings, plannedAnew: true);
        services.AddSingleton(DecoderSettings.FromEnvironment());
        services.AddSingleton<Decoder>();
        services.AddScoped<RenderJob>();
        services.AddScoped<RedactionIntake>();
        services.AddScoped<RedactJob>();
        services.AddScoped<RemoveJob>();
        services.AddHostedService<SignsOfLife>();
        // All below waits until records and ledger agree.
        services.AddHostedService<GateWatch>();
        services.AddHostedService<Watchman>();
        services.AddHostedService<WorkLoop>();
        services.AddHostedService<SealerLoop>();
        services.AddSchedule(settings);
        return services;
    }
}
