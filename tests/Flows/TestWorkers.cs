using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Store;
using PhotoGuard.Workers;

namespace PhotoGuard.Tests.Flows;

/// <summary>A real worker, in the test's process: work loop, sealer, schedule, sandboxed decoder.</summary>
public sealed class TestWorkers : IAsyncDisposable
{
    private readonly IHost host;

    private TestWorkers(IHost host) => this.host = host;

    public IServiceProvider Services => host.Services;

    public static async Task<TestWorkers> StartAsync(PhotoGuardSettings settings, Action<IServiceCollection>? change = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddWorkers(settings);
        change?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}

/// <summary>Waiting for what others do: looks again and again until it is so, and says what was not when it takes too long.</summary>
public static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    public static async Task<T> GetAsync<T>(string what, Func<Task<T?>> look) where T : class
    {
        using var limit = new CancellationTokenSource(Longest);
        while (true)
        {
            if (await look() is { } found) return found;
            Assert.False(limit.IsCancellationRequested, $"Waited in vain: {what}.");
            await Task.Delay(50);
        }
    }

    public static Task IsAsync(string what, Func<Task<bool>> look) => GetAsync(what, async () => await look() ? what : null);
}
