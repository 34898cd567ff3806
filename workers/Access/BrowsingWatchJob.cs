using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Access;
using Quartz;

namespace PhotoGuard.Workers.Access;

/// <summary>Looks whether somebody looks at records in an unusual way.</summary>
[DisallowConcurrentExecution]
public sealed class BrowsingWatchJob(BrowsingWatch watch, ILogger<BrowsingWatchJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var raised = await watch.WatchAsync(cancellationToken);
        if (raised > 0) log.LogCritical("{Count} alarms about unusual looking; the safeguarding lead and the head see them on the page 'Who looked'.", raised);
    }
}
