using PhotoGuard.Records.Retention;
using Quartz;

namespace PhotoGuard.Workers.Retention;

/// <summary>Starts the run of every school whose night has come and had none yet.</summary>
[DisallowConcurrentExecution]
public sealed class NightlyPurgeJob(PurgeNights nights) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await nights.StartAsync(late: TimeSpan.Zero, cancellationToken);
}
