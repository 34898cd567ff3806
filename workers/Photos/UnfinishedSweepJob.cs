using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Photos;
using Quartz;

namespace PhotoGuard.Workers.Photos;

/// <summary>Takes away what a dead writer left, and queues what a dead renderer owed.</summary>
[DisallowConcurrentExecution]
public sealed class UnfinishedSweepJob(ObjectSweep sweep, TimeProvider time, ILogger<UnfinishedSweepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var deleted = await sweep.SweepUnfinishedAsync(cancellationToken);
        if (deleted > 0) log.LogInformation("Deleted {Count} objects whose write never finished.", deleted);
        await sweep.QueueRendersAsync(time.GetUtcNow().AddDays(-1), cancellationToken);
    }
}
