using Microsoft.Extensions.Logging;
using PhotoGuard.Records.Photos;
using Quartz;

namespace PhotoGuard.Workers.Photos;

/// <summary>The store must hold what the registry says and nothing else. Garbage goes and never comes back into use.</summary>
[DisallowConcurrentExecution]
public sealed class OrphanSweepJob(ObjectSweep sweep, ILogger<OrphanSweepJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var result = await sweep.SweepAllAsync(cancellationToken);
        if (result.Stopped)
            log.LogError("{Objects} objects and {Keys} keys belong to nobody by these records, which is too many: nothing of it was deleted. Please look whether this is the right database; if it is, script/photoguard sweep --beyond-brake deletes them.", result.Objects, result.Keys);
        else if (result.Objects + result.Keys > 0)
            log.LogWarning("Deleted {Objects} objects and destroyed {Keys} keys that belonged to nobody.", result.Objects, result.Keys);
        // Not by name: whoever puts a file there by hand may have named a child.
        if (result.Strange > 0) log.LogError("{Count} files in the store belong to nobody and were not deleted. Nothing serves them; please look at what is there besides objects.", result.Strange);
        await sweep.QueueRendersAsync(DateTimeOffset.MinValue, cancellationToken);
        foreach (var name in result.Missing) log.LogError("The object {Name} is registered and not in the store.", name);
    }
}
