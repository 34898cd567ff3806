using PhotoGuard.Records.Work;
using Quartz;

namespace PhotoGuard.Workers.Work;

/// <summary>Forgets what has a date to be forgotten.</summary>
[DisallowConcurrentExecution]
public sealed class HousekeepingJob(Housekeeping housekeeping) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await housekeeping.ForgetAsync(cancellationToken);
}
