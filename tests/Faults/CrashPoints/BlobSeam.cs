using System.Runtime.CompilerServices;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>The real blob store, with a point before and after every call.</summary>
internal sealed class BlobSeam(IBlobStore store, Seams seams) : IBlobStore
{
    public string Description => store.Description;

    public StorePosture Posture => store.Posture;

    public Task PrepareAsync(CancellationToken cancellation = default) => store.PrepareAsync(cancellation);

    public async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        Pass($"before put {Thing(name)}");
        await store.PutAsync(name, content, cancellation);
        Pass($"after put {Thing(name)}");
    }

    public async Task<Stream> OpenAsync(string name, CancellationToken cancellation = default)
    {
        Pass($"before open {Thing(name)}");
        return await store.OpenAsync(name, cancellation);
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellation = default)
    {
        Pass($"before delete {Thing(name)}");
        var was = await store.DeleteAsync(name, cancellation);
        Pass($"after delete {Thing(name)}");
        return was;
    }

    public async Task<bool> ExistsAsync(string name, CancellationToken cancellation = default)
    {
        Pass($"before look {Thing(name)}");
        return await store.ExistsAsync(name, cancellation);
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Pass("before list");
        await foreach (var entry in store.ListAsync(prefix, cancellation)) yield return entry;
        Pass("after list");
    }

    public async Task<IReadOnlyList<BlobFolderResult>> DeleteFoldersAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default)
    {
        // One by one, so that a run can be stopped between any two of them.
        foreach (var name in folders.SelectMany(folder => folder.Known)) await DeleteAsync(name, cancellation);
        Pass("before delete folders");
        var results = await store.DeleteFoldersAsync(folders, cancellation);
        Pass("after delete folders");
        return results;
    }

    public async Task<IReadOnlyList<BlobFolderResult>> LookAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default)
    {
        Pass("before look");
        var results = await store.LookAsync(folders, cancellation);
        Pass("after look");
        return results;
    }

    public Task<int> SweepTempAsync(TimeProvider time, CancellationToken cancellation = default) => store.SweepTempAsync(time, cancellation);

    private void Pass(string what) => seams.Pass(what, () => new BlobStoreUnavailableException("The store failed, as the test wanted."));

    private static string Thing(string name) => name.Split('/')[^1];
}
