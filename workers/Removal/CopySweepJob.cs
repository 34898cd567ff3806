using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;
using Quartz;

namespace PhotoGuard.Workers.Removal;

/// <summary>Looks at every picture that was ever given out: is it still cleared where its copies are?</summary>
[DisallowConcurrentExecution]
public sealed class CopySweepJob(RecordsDb db, RemovalSweep sweep) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var school in await db.Schools.Select(row => row.Id).ToListAsync(cancellationToken))
            await sweep.FollowAsync(school, copiesToo: true, cancellationToken);
    }
}
