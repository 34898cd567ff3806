using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Photos;
using PhotoGuard.Workers.Removal;

namespace PhotoGuard.Workers.Work;

/// <summary>Which job does which kind of work.</summary>
internal static class WorkTable
{
    /// <param name="items">Of one kind; more than one only of a kind that is done in batches.</param>
    public static Task DoAsync(IServiceProvider services, IReadOnlyList<WorkItem> items, CancellationToken cancel) => items[0].Kind switch
    {
        WorkKinds.Render => services.GetRequiredService<RenderJob>().DoAsync(items.Single(), [ObjectKind.Thumb, ObjectKind.Web], cancel),
        WorkKinds.RenderPrint => services.GetRequiredService<RenderJob>().DoAsync(items.Single(), [ObjectKind.Print], cancel),
        WorkKinds.Redact => services.GetRequiredService<RedactJob>().DoAsync(items.Single(), cancel),
        WorkKinds.Remove => services.GetRequiredService<RemoveJob>().DoAsync(items, cancel),
        var kind => throw new InvalidOperationException($"There is no job for work of kind {kind}."),
    };
}
