using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Telemetry;

namespace PhotoGuard.Workers.Recovery;

/// <summary>
/// Holds everything back until records and ledger agree, and brings that about where no person is needed. It starts before all that works on
/// the records, and ends the process where older records are put under a living one.
/// </summary>
public sealed class GateWatch(IServiceScopeFactory scopes, ServingGate gate, IHostApplicationLifetime life, ILogger<GateWatch> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private Task watching = Task.CompletedTask;

    /// <summary>Returns once the gate is open.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        string? said = null;
        while (!await TryOpenAsync(text => said = Say(text, said), cancellationToken)) await Task.Delay(LookAgain, cancellationToken);
        watching = WatchAsync(stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await watching;
    }

    public void Dispose() => stopping.Dispose();

    private async Task<bool> TryOpenAsync(Action<string> say, CancellationToken cancel)
    {
        try
        {
            var seen = await gate.LookAsync(cancel);
            if (seen.State == GateState.Open) return true;
            await using var scope = scopes.CreateAsyncScope();
            var desk = scope.ServiceProvider.GetRequiredService<RestoreDesk>();
            if (seen.Restore is { } restore)
            {
                if (!await desk.EndAsync(restore, cancel)) say($"The records wait for two people ({seen.Why}); nothing is served or worked on.");
            }
            else
            {
                say($"The records do not agree with the ledger: {seen.Why}.");
                await desk.BeginAsync(seen.Why!.Value, cancel);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            say($"Records and ledger cannot be compared yet: {error.Told()}");
        }
        return false;
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        try
        {
            using var timer = new PeriodicTimer(Every);
            while (await timer.WaitForNextTickAsync(cancel)) await LookOnceAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // Stopped in order.
        }
    }

    private async Task LookOnceAsync(CancellationToken cancel)
    {
        try
        {
            if ((await gate.LookAsync(cancel)).State == GateState.Open) return;
            log.LogCritical("The records were replaced by older ones, or the ledger was changed. This worker ends; the next one starts with the replay.");
            life.StopApplication();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The database is away for a moment; whatever works on it finds that out by itself.
        }
    }

    private string Say(string text, string? before)
    {
        if (text != before) log.LogWarning("{Said}", text);
        return text;
    }
}
