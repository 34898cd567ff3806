using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;
using Quartz;

namespace PhotoGuard.Workers.Removal;

/// <summary>Level-triggered (law 5): with every work row lost, this alone brings each removal to its end.</summary>
[DisallowConcurrentExecution]
public sealed class RemovalSweepJob(RecordsDb db, RemovalSweep sweep, ILogger<RemovalSweepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        await sweep.QueueAsync(cancellationToken);
        foreach (var school in await db.Schools.Select(row => row.Id).ToListAsync(cancellationToken))
        {
            var opened = await sweep.FollowAsync(school, copiesToo: false, cancellationToken);
            if (opened > 0) log.LogInformation("Opened {Count} removals that followed from the records.", opened);
        }
    }
}
