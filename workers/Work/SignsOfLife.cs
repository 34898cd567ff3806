using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Workers.Work;

/// <summary>Starts the first decoder and says every few seconds that this worker lives and how it decodes, for the ICT lead's page.</summary>
public sealed class SignsOfLife(IServiceScopeFactory scopes, PhotoGuardSettings settings, Decoder decoder, ILogger<SignsOfLife> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await decoder.PrepareAsync(stoppingToken);
            using var timer = new PeriodicTimer(Every);
            var starting = true;
            do
            {
                if (await GiveAsync(starting, stoppingToken)) starting = false;
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(signs => signs.EndAsync(settings.Node, cancellationToken));
    }

    private Task<bool> GiveAsync(bool starting, CancellationToken stopping)
    {
        var decoding = decoder.Sandboxed ? Decoding.Sandboxed : decoder.Decodes ? Decoding.Unsandboxed : Decoding.Off;
        return TryAsync(signs => signs.GiveAsync(settings.Node, decoding, decoder.Trouble, starting, stopping));
    }

    private async Task<bool> TryAsync(Func<WorkerSigns, Task> say)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await say(scope.ServiceProvider.GetRequiredService<WorkerSigns>());
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogWarning("Could not say that this worker lives: {Error}", error.Told());
            return false;
        }
    }
}
