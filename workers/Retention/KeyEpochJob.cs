using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Keys;
using Quartz;

namespace PhotoGuard.Workers.Retention;

/// <summary>Ends the epoch of the wrapping keys where one is due, so that remnants of destroyed keys open with nothing.</summary>
[DisallowConcurrentExecution]
public sealed class KeyEpochJob(KeyEpochs epochs, ILogger<KeyEpochJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (await epochs.EndIfDueAsync(cancellationToken) is { } moved)
            log.LogInformation("An epoch of the wrapping keys has ended: {Keys} living keys were wrapped anew and the old secret overwritten.", moved);
    }
}
