using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>Where a <see cref="HeldStore"/> stands still.</summary>
public enum HeldAt
{
    Write,
    BeforeDeletion,
    AfterDeletion,
}

/// <summary>The real blob store, in which whoever comes to a place stands still until they are let go on, as a stopped process would.</summary>
internal sealed class HeldStore(IBlobStore store, HeldAt at) : IBlobStore
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the first one stands still.</summary>
    public Task Reached => reached.Task;

    public string Description => store.Description;

    public StorePosture Posture => store.Posture;

    public Task PrepareAsync(CancellationToken cancellation = default) => store.PrepareAsync(cancellation);

    public static HeldStore Over(PhotoGuardSettings settings, HeldAt at = HeldAt.Write) => new(new DiskBlobStore(settings.Blobs.Split(':', 2)[1]), at);

    public void Into(IServiceCollection parts) => parts.AddSingleton<IBlobStore>(this);

    public void GoOn() => goOn.TrySetResult();

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        await HoldAsync(HeldAt.Write);
        await store.PutAsync(name, content, cancellation);
    }

    public Task<Stream> OpenAsync(string name, CancellationToken cancellation = default) => store.OpenAsync(name, cancellation);

    public Task<bool> DeleteAsync(string name, CancellationToken cancellation = default) => store.DeleteAsync(name, cancellation);

    public Task<bool> ExistsAsync(string name, CancellationToken cancellation = default) => store.ExistsAsync(name, cancellation);

    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var entry in store.ListAsync(prefix, cancellation)) yield return entry;
    }

    public async Task<IReadOnlyList<BlobFolderResult>> DeleteFoldersAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default)
    {
        await HoldAsync(HeldAt.BeforeDeletion);
        var results = await store.DeleteFoldersAsync(folders, cancellation);
        await HoldAsync(HeldAt.AfterDeletion);
        return results;
    }

    public Task<IReadOnlyList<BlobFolderResult>> LookAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default) =>
        store.LookAsync(folders, cancellation);

    public Task<int> SweepTempAsync(TimeProvider time, CancellationToken cancellation = default) => store.SweepTempAsync(time, cancellation);

    private async Task HoldAsync(HeldAt place)
    {
        if (place != at) return;
        reached.TrySetResult();
        await goOn.Task;
    }
}
