using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace PhotoGuard.Records.Blobs;

/// <summary>
/// Objects as block blobs of one private Azure container.
/// </summary>
/// <remarks>
/// What an account keeps beyond a deletion is looked for at every start, by what it says and by a probe that is written and deleted
/// (<see cref="AzurePosture"/>). Deleted objects, versions and snapshots are listed like any other and so never pass for gone, unless the
/// school accepts that they are made unreadable alone, because the photo's key is destroyed before (design.md, law 4).
/// </remarks>
/// <param name="container">The container, its client made with <see cref="Options"/>.</param>
/// <param name="keyOnly">It is accepted that the account keeps what is deleted.</param>
public sealed class AzureBlobStore(BlobContainerClient container, bool keyOnly = false) : IBlobStore
{
    private const int ReadAhead = 1024 * 1024;
    private const string WriteMark = "write";
    private const int FoldersAtOnce = 16;

    private readonly AzureCalls calls = new(container);

    /// <inheritdoc/>
    public string Description => calls.Description;

    /// <inheritdoc/>
    public StorePosture Posture { get; private set; } = StorePosture.Unknown;

    /// <summary>Settings under which a dead account is noticed in seconds (the SDK's own take half a minute).</summary>
    public static BlobClientOptions Options() => new()
    {
        Retry = { Mode = RetryMode.Exponential, MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(200), NetworkTimeout = TimeSpan.FromMinutes(1) },
        Transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = System.Net.DecompressionMethods.None,
        })
        { Timeout = Timeout.InfiniteTimeSpan }),
    };

    /// <inheritdoc/>
    /// <remarks>Makes the container where it is absent, and refuses one that strangers may read.</remarks>
    /// <exception cref="BlobStoreUnavailableException">Unreachable, or open to the public.</exception>
    public Task PrepareAsync(CancellationToken cancellation = default) => calls.TellAsync(async () =>
    {
        await container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellation);
        BlobContainerProperties properties = await container.GetPropertiesAsync(cancellationToken: cancellation);
        if (properties.PublicAccess is not (null or PublicAccessType.None))
            throw new BlobStoreUnavailableException($"{Description} is open to the public: set its access level to private.");
        var keeps = await AzurePosture.LookAsync(container, properties, cancellation);
        if (keeps.Count > 0 && !keyOnly) throw new StoreKeepsException(Description, keeps);
        Posture = new(keyOnly ? Erasure.KeyOnly : Erasure.Objects, keeps, []);
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation = default)
    {
        var blob = container.GetBlobClient(BlobName.Checked(name));
        return calls.TellAsync(() => PutAsync(blob, content, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(string name, CancellationToken cancellation = default)
    {
        var blob = container.GetBlobClient(BlobName.Checked(name));
        return calls.TellAsync<Stream>(async () =>
        {
            try
            {
                var options = new BlobOpenReadOptions(allowModifications: false) { BufferSize = ReadAhead };
                return new AzureReadStream(await blob.OpenReadAsync(options, cancellation), name, calls.Told);
            }
            catch (RequestFailedException error) when (IsAbsent(error))
            {
                throw new BlobNotFoundException(name);
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>Snapshots and versions go too, and a lease is broken: nobody but us has a reason to hold one.</remarks>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellation = default)
    {
        var blob = container.GetBlobClient(BlobName.Checked(name));
        return calls.TellAsync(async () =>
        {
            bool was;
            try
            {
                was = await DeleteAsync(blob, cancellation);
            }
            catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.LeaseIdMissing)
            {
                await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: cancellation);
                was = await DeleteAsync(blob, cancellation);
            }
            // Where nothing is known to be kept there are no versions to ask for.
            if (Posture is not { Keeps: [], Unseen: [] }) await AzurePosture.DeleteVersionsAsync(container, name, cancellation);
            return was;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string name, CancellationToken cancellation = default)
    {
        var blob = container.GetBlobClient(BlobName.Checked(name));
        return calls.TellAsync(async () =>
        {
            try
            {
                // ExistsAsync of the SDK takes a missing container for a missing blob.
                await blob.GetPropertiesAsync(cancellationToken: cancellation);
                return true;
            }
            catch (RequestFailedException error) when (IsAbsent(error))
            {
                return false;
            }
        }, cancellation);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BlobEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        // What is deleted and kept is not gone, unless that was accepted.
        var states = keyOnly ? BlobStates.Snapshots : AzurePosture.EverythingKept;
        await using var blobs = container
            .GetBlobsAsync(states: states, prefix: BlobName.CheckedFolder(prefix), cancellationToken: cancellation)
            .GetAsyncEnumerator(cancellation);
        string? last = null;
        while (await calls.TellAsync(() => blobs.MoveNextAsync().AsTask(), cancellation))
        {
            if (blobs.Current.Name == last) continue;
            last = blobs.Current.Name;
            var properties = blobs.Current.Properties;
            yield return new(blobs.Current.Name, properties.ContentLength ?? 0, properties.LastModified ?? default);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobFolderResult>> DeleteFoldersAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default) =>
        EachAsync(folders, async (folder, limit) =>
        {
            var names = folder.Known.ToHashSet();
            await foreach (var entry in ListAsync(folder.Prefix, limit)) names.Add(entry.Name);
            foreach (var name in names) await DeleteAsync(name, limit);
            return names.Count;
        }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlobFolderResult>> LookAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default) =>
        EachAsync(folders, async (folder, limit) =>
        {
            var there = new HashSet<string>();
            await foreach (var entry in ListAsync(folder.Prefix, limit)) there.Add(entry.Name);
            // Each by its name, too: a listing may lag behind.
            foreach (var name in folder.Known)
                if (await ExistsAsync(name, limit)) there.Add(name);
            return there.Count;
        }, cancellation);

    /// <inheritdoc/>
    /// <remarks>An object is written in one request: nothing is left of one that did not end.</remarks>
    public Task<int> SweepTempAsync(TimeProvider time, CancellationToken cancellation = default) => Task.FromResult(0);

    private static async Task<bool> PutAsync(BlobClient blob, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var mark = Guid.NewGuid().ToString("N");
        var options = new BlobUploadOptions
        {
            Conditions = new() { IfNoneMatch = ETag.All },
            Metadata = new Dictionary<string, string> { [WriteMark] = mark },
            // In one request. In several, uncommitted blocks could be left over, and writers of one name would share them: the SDK
            // numbers blocks by offset, so that the one who commits could commit bytes of another. The SDK compares with "less than".
            TransferOptions = new() { InitialTransferSize = content.Length + 1L },
            TransferValidation = new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 },
        };
        try
        {
            await blob.UploadAsync(BinaryData.FromBytes(content).ToStream(), options, cancellation);
            return true;
        }
        catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        {
            // Where the answer to our own request was lost, the SDK's second try finds what the first has written.
            BlobProperties there = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            return there.Metadata.TryGetValue(WriteMark, out var found) && found == mark
                ? true
                : throw new BlobExistsException(blob.Name);
        }
    }

    private static async Task<bool> DeleteAsync(BlobClient blob, CancellationToken cancellation)
    {
        try
        {
            await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation);
            return true;
        }
        catch (RequestFailedException error) when (IsAbsent(error))
        {
            return false;
        }
    }

    /// <summary>A missing container is no missing blob: it must not pass for a store from which everything is gone.</summary>
    private static bool IsAbsent(RequestFailedException error) => error.ErrorCode == BlobErrorCode.BlobNotFound;

    private async Task<IReadOnlyList<BlobFolderResult>> EachAsync(
        IReadOnlyCollection<BlobFolder> folders, Func<BlobFolder, CancellationToken, Task<int>> act, CancellationToken cancellation)
    {
        var results = new ConcurrentBag<BlobFolderResult>();
        await Parallel.ForEachAsync(folders, new ParallelOptions { MaxDegreeOfParallelism = FoldersAtOnce }, async (folder, _) =>
        {
            try
            {
                results.Add(new(folder, await act(folder, cancellation)));
            }
            catch (BlobStoreUnavailableException error)
            {
                results.Add(new(folder, 0, error));
            }
            catch (OperationCanceledException error)
            {
                results.Add(new(folder, 0, new($"{Description} did not come to it in time.", error)));
            }
        });
        return [.. results];
    }
}
