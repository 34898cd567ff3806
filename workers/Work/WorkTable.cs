using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Photos;
using PhotoGuard.Workers.Removal;

namespace PhotoGuard.Workers.Work;

/// <summary>Which job does which kind of work.</summary>
internal static class WorkTable
{
    public static Task DoAsync(IServiceProvider services, WorkItem item, CancellationToken cancel) => item.Kind switch
    {
        WorkKinds.Render => services.GetRequiredService<RenderJob>().DoAsync(item, [ObjectKind.Thumb, ObjectKind.Web], cancel),
        WorkKinds.RenderPrint => services.GetRequiredService<RenderJob>().DoAsync(item, [ObjectKind.Print], cancel),
        WorkKinds.Redact => services.GetRequiredService<RedactJob>().DoAsync(item, cancel),
        WorkKinds.Remove => services.GetRequiredService<RemoveJob>().DoAsync(item, cancel),
        _ => throw new InvalidOperationException($"There is no job for work of kind {item.Kind}."),
    };
}
