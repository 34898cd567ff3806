using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Workers.Audit;

/// <summary>Gives audit entries and feed changes their positions several times a second, and keeps the count of purge runs.</summary>
public sealed class SealerLoop(IServiceScopeFactory scopes, ILogger<SealerLoop> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await NextAsync(timer, stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Sealer>().SealAsync(stoppingToken);
                await scope.ServiceProvider.GetRequiredService<Purges>().FollowAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Sealing failed and is tried again: {Error}", error.Told());
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
