using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Work;
using Quartz;

namespace PhotoGuard.Workers.Photos;

/// <summary>Takes away what a dead writer left, queues what a dead renderer or redactor owed, and takes up what was set aside for a time.</summary>
[DisallowConcurrentExecution]
public sealed class UnfinishedSweepJob(
    ObjectSweep sweep, RedactionWork redactions, WorkQueue queue, TimeProvider time, ILogger<UnfinishedSweepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var deleted = await sweep.SweepUnfinishedAsync(cancellationToken);
        if (deleted > 0) log.LogInformation("Deleted {Count} objects whose write never finished.", deleted);
        await queue.TurnAsync(cancellationToken);
        await sweep.QueueRendersAsync(time.GetUtcNow().AddDays(-1), cancellationToken);
        await redactions.QueueAsync(cancellationToken);
    }
}
