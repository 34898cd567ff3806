using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Workers.Removal;

/// <summary>
/// Carries out orders on our own store, as many as were claimed together. Run twice, or by two nodes at once, it does no harm: every step is
/// harmless when repeated.
/// </summary>
public sealed class RemoveJob(RemovalRun run, Removals removals, WorkQueue queue, ILogger<RemoveJob> log)
{
    public async Task DoAsync(IReadOnlyList<WorkItem> items, CancellationToken cancel)
    {
        var ends = await run.CarryOutAsync([.. items.Select(item => item.Subject)], cancel);
        foreach (var some in items.GroupBy(item => ends[item.Subject].Outcome))
        {
            switch (some.Key)
            {
                case RemovalOutcome.Held:
                    // The release queues it at once; this is only the net below.
                    await queue.PostponeAsync([.. some], TimeSpan.FromMinutes(10), cancel);
                    break;
                case RemovalOutcome.TooEarly or RemovalOutcome.WritersLeft:
                    await queue.PostponeAsync([.. some], TimeSpan.FromSeconds(1), cancel);
                    break;
                case RemovalOutcome.Failed:
                    foreach (var item in some) await FailAsync(item, ends[item.Subject].Error!, cancel);
                    break;
                default:
                    await queue.CompleteAsync([.. some], cancel);
                    break;
            }
        }
    }

    private async Task FailAsync(WorkItem item, Exception error, CancellationToken cancel)
    {
        log.LogWarning(error, "The removal {Order} failed at attempt {Attempt}.", item.Subject, item.Attempts);
        await removals.NoteFailureAsync(item.Subject, error, cancel);
        await queue.FailAsync(item, error.Told(), cancel);
    }
}
