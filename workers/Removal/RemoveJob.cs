using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Workers.Removal;

/// <summary>Carries out one order on our own store. Run twice, or by two nodes at once, it does no harm: every step is harmless when repeated.</summary>
public sealed class RemoveJob(RemovalRun run, Removals removals, WorkQueue queue)
{
    public async Task DoAsync(WorkItem item, CancellationToken cancel)
    {
        try
        {
            switch (await run.CarryOutAsync(item.Subject, cancel))
            {
                case RemovalOutcome.Held:
                    // The release queues it at once; this is only the net below.
                    await queue.PostponeAsync(item, TimeSpan.FromMinutes(10), cancel);
                    break;
                case RemovalOutcome.TooEarly or RemovalOutcome.WritersLeft:
                    await queue.PostponeAsync(item, TimeSpan.FromSeconds(1), cancel);
                    break;
                default:
                    await queue.CompleteAsync(item, cancel);
                    break;
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await removals.NoteFailureAsync(item.Subject, error, cancel);
            throw;
        }
    }
}
