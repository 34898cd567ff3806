using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Workers.Cli;

/// <summary>The records for one verb: opened from the environment that script/photoguard sets, closed when the verb ends.</summary>
internal sealed class Office : IAsyncDisposable
{
    private readonly ServiceProvider provider;
    private readonly AsyncServiceScope scope;

    private Office(ServiceProvider provider)
    {
        this.provider = provider;
        scope = provider.CreateAsyncScope();
    }

    public PhotoGuardSettings Settings => Get<PhotoGuardSettings>();

    public T Get<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();

    /// <exception cref="SettingsException">The environment does not say where the records are.</exception>
    public static Office Open()
    {
        var settings = PhotoGuardSettings.From(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddRecords(settings);
        return new(services.BuildServiceProvider());
    }

    public async ValueTask DisposeAsync()
    {
        await scope.DisposeAsync();
        await provider.DisposeAsync();
    }
}
