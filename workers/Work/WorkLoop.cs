using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Workers.Work;

/// <summary>
/// Claims work and does it, each item or batch in a scope of its own. Removals have places of their own, so that no backlog of renditions
/// keeps a picture up, and are done in batches. Woken by NOTIFY; looks by itself every few seconds, since a notice can be lost.
/// </summary>
public sealed class WorkLoop(
    IServiceScopeFactory scopes, PhotoGuardSettings settings, Decoder decoder, DecoderSettings decoding, ILogger<WorkLoop> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    // Where no decoder starts, that is said on the page; the picture has done nothing.
    private static readonly TimeSpan WithoutDecoder = TimeSpan.FromSeconds(15);

    private IEnumerable<Lane> Lanes()
    {
        yield return new([WorkKinds.Remove], 4, RemovalRun.Together);
        // As many as decoders, so that nothing waits for one under its lease; none where another node may have what is missing here.
        if (decoder.Decodes) yield return new([WorkKinds.Render, WorkKinds.RenderPrint, WorkKinds.Redact], decoding.Children, 1);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var bell = new WorkBell();
        await RetryAsync("take up earlier claims", queue => queue.RecoverAsync(settings.Node, stoppingToken), stoppingToken);
        await Task.WhenAll([ListenAsync(bell, stoppingToken), .. Lanes().Select(lane => RunLaneAsync(lane, bell, stoppingToken))]);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<WorkQueue>().ReleaseAllAsync(settings.Node, cancellationToken);
    }

    private async Task RunLaneAsync(Lane lane, WorkBell bell, CancellationToken stopping)
    {
        var running = new List<Task>(lane.Places);
        while (!stopping.IsCancellationRequested)
        {
            running.RemoveAll(task => task.IsCompleted);
            var rung = bell.WaitAsync(LookAgain, stopping);
            var claimed = new List<WorkItem>();
            // A place at a time: what is claimed is done at once, and somebody else may be free for the rest.
            if (running.Count < lane.Places)
                await RetryAsync("claim work", async queue => claimed = await queue.ClaimAsync(settings.Node, lane.Kinds, lane.Together, stopping), stopping);
            if (claimed.Count > 0) running.Add(DoAsync(claimed, stopping));
            // Full lanes wait for a place, others for the bell.
            if (running.Count >= lane.Places) await Task.WhenAny(running);
            else if (claimed.Count == 0) await Task.WhenAny([rung, .. running]);
        }
        await Task.WhenAll(running);
    }

    private async Task DoAsync(IReadOnlyList<WorkItem> items, CancellationToken stopping)
    {
        // Off the loop at once, whatever the job does first.
        await Task.Yield();
        using var span = Signals.StartWork(items[0], items.Count);
        var began = Stopwatch.GetTimestamp();
        var outcome = await TryAsync(items, stopping);
        span?.SetTag("photoguard.outcome", outcome).SetStatus(outcome is "failed" or "lost" ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        Signals.WorkTried(items[0].Kind, outcome, Stopwatch.GetElapsedTime(began));
    }

    /// <returns>How it ended, in a word.</returns>
    private async Task<string> TryAsync(IReadOnlyList<WorkItem> items, CancellationToken stopping)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await WorkTable.DoAsync(scope.ServiceProvider, items, stopping);
            return "ended";
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Given back by StopAsync.
            return "putOff";
        }
        catch (DecoderLost lost)
        {
            await RetryAsync("note a lost decoder", queue => queue.LoseAsync(items.Single(), lost.Reason, stopping), stopping);
            return "lost";
        }
        catch (DecoderUnavailable)
        {
            await RetryAsync("put work off", queue => queue.PostponeAsync(items, WithoutDecoder, stopping), stopping);
            return "putOff";
        }
        catch (Exception error)
        {
            foreach (var item in items)
            {
                log.LogWarning(error, "{Kind} {Subject} failed at attempt {Attempt}.", item.Kind, item.Subject, item.Attempts);
                await RetryAsync("note a failure", queue => queue.FailAsync(item, error.Told(), stopping), stopping);
            }
            return "failed";
        }
    }

    /// <param name="Places">How many items or batches are worked on at once.</param>
    /// <param name="Together">How many items a batch may have.</param>
    private sealed record Lane(string[] Kinds, int Places, int Together);

    /// <summary>The database may be away for a while; the loop outlives that.</summary>
    private async Task RetryAsync(string what, Func<WorkQueue, Task> act, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await act(scope.ServiceProvider.GetRequiredService<WorkQueue>());
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                log.LogWarning("Could not {What}: {Error}. Trying again in a second.", what, error.Told());
                try
                {
                    await Task.Delay(LookAgain, stopping);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }

    private async Task ListenAsync(WorkBell bell, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(settings.Database);
                await connection.OpenAsync(stopping);
                connection.Notification += (_, _) => bell.Ring();
                await using (var listen = new NpgsqlCommand("listen photoguard_work", connection)) await listen.ExecuteNonQueryAsync(stopping);
                bell.Ring();
                while (true) await connection.WaitAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                log.LogWarning("Not told of new work: {Error}. Looking every second instead.", error.Told());
                await Task.WhenAny(Task.Delay(LookAgain, stopping));
            }
        }
    }
}
