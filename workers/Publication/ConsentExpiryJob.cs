using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;
using Quartz;

namespace PhotoGuard.Workers.Publication;

/// <summary>Expiry stops showing by itself; this tells those who hold copies. Run twice it tells nothing twice.</summary>
[DisallowConcurrentExecution]
public sealed class ConsentExpiryJob(RecordsDb db, DateTurns turns) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        foreach (var school in await db.Schools.Select(row => row.Id).ToListAsync(cancellationToken))
            await turns.TurnAsync(school, cancellationToken);
    }
}
