using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Retention;
using Quartz;

namespace PhotoGuard.Workers.Retention;

/// <summary>Deletes the records whose years are over, once a night for each school.</summary>
[DisallowConcurrentExecution]
public sealed class LifetimesJob(Lifetimes lifetimes, ILogger<LifetimesJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var run in await lifetimes.RunDueAsync(cancellationToken))
            log.LogInformation(
                "Records whose time was over: {Consents} consents, {Guardians} guardians, {Pupils} pupils, {AccessLog} of the access log, {Disclosures} disclosures, {Audit} of the audit.",
                run.Consents, run.Guardians, run.Pupils, run.AccessLog, run.Disclosures, run.Audit);
    }
}
