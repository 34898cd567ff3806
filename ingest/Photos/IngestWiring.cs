using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Ingest.Malware;

namespace PhotoGuard.Ingest.Photos;

/// <summary>Taking pictures in, for whoever receives them; the records are wired apart.</summary>
public static class IngestWiring
{
    public static IServiceCollection AddIngest(this IServiceCollection services) =>
        services.AddSingleton<MalwareScan>().AddScoped<PhotoIntake>();
}
