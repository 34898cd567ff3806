using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>The real blob store, in which a writer stands still until it is let go on, as a stopped process would.</summary>
internal sealed class HeldStore(IBlobStore store) : IBlobStore
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the first writer stands still before its write.</summary>
    public Task Reached => reached.Task;

    public string Description => store.Description;

    public StorePosture Posture => store.Posture;

    public Task PrepareAsync(CancellationToken cancellation = default) => store.PrepareAsync(cancellation);

    public static HeldStore Over(PhotoGuardSettings settings) => new(new DiskBlobStore(settings.Blobs.Split(':', 2)[1]));

    public void Into(IServiceCollection parts) => parts.AddSingleton<IBlobStore>(this);

    public void GoOn() => goOn.TrySetResult();

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        reached.TrySetResult();
        await goOn.Task;
        await store.PutAsync(name, content, cancellation);
    }

    public Task<Stream> OpenAsync(string name, CancellationToken cancellation = default) => store.OpenAsync(name, cancellation);

    public Task<bool> DeleteAsync(string name, CancellationToken cancellation = default) => store.DeleteAsync(name, cancellation);

    public Task<bool> ExistsAsync(string name, CancellationToken cancellation = default) => store.ExistsAsync(name, cancellation);

    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var entry in store.ListAsync(prefix, cancellation)) yield return entry;
    }

    public Task<IReadOnlyList<BlobFolderResult>> DeleteFoldersAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default) =>
        store.DeleteFoldersAsync(folders, cancellation);

    public Task<IReadOnlyList<BlobFolderResult>> LookAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default) =>
        store.LookAsync(folders, cancellation);

    public Task<int> SweepTempAsync(TimeProvider time, CancellationToken cancellation = default) => store.SweepTempAsync(time, cancellation);
}
