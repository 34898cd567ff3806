using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Records.Blobs;

public sealed class AzureBlobStoreTests : BlobStoreSuite
{
    private readonly LosesAnswers network = new();
    private BlobContainerClient? made;

    private BlobContainerClient Container => made!;

    protected override async Task<IBlobStore> OpenStoreAsync()
    {
        made = (await Azurite.SharedAsync()).NewContainer(options => options.AddPolicy(network, HttpPipelinePosition.PerRetry));
        var store = new AzureBlobStore(made);
        await store.PrepareAsync();
        return store;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_500_000)]
    [InlineData(40_000_000)]
    public async Task An_object_is_sent_in_one_request_so_that_writers_of_one_name_share_no_blocks(int length)
    {
        network.Asked.Clear();
        await Store.PutAsync(Name, new byte[length]);
        Assert.DoesNotContain("comp=", Assert.Single(network.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Snapshots_go_with_the_object()
    {
        await Store.PutAsync(Name, new byte[1]);
        await Container.GetBlobClient(Name).CreateSnapshotAsync();
        Assert.True(await Store.DeleteAsync(Name));
        Assert.Empty(await Container.GetBlobsAsync(states: BlobStates.All).ToListAsync());
    }

    [Fact]
    public async Task A_lease_does_not_keep_an_object()
    {
        await Store.PutAsync(Name, new byte[1]);
        await Container.GetBlobClient(Name).GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        Assert.True(await Store.DeleteAsync(Name));
        Assert.False(await Store.ExistsAsync(Name));
    }

    [Fact]
    public async Task With_a_folder_go_snapshots_and_leases_of_its_objects()
    {
        await Store.PutAsync(Name, new byte[1]);
        await Container.GetBlobClient(Name).CreateSnapshotAsync();
        await Container.GetBlobClient(Name).GetBlobLeaseClient().AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration);
        Assert.Null(Assert.Single(await Store.DeleteFoldersAsync([new(BlobName.FolderOf(Photo), [])])).Error);
        Assert.Empty(await Container.GetBlobsAsync(states: BlobStates.All).ToListAsync());
    }

    [Fact]
    public async Task A_put_whose_answer_was_lost_is_known_for_its_own()
    {
        network.LoseNext = 1;
        await Store.PutAsync(Name, new byte[] { 7 });
        Assert.Equal([7], await ReadAsync(Name));
    }

    [Fact]
    public async Task A_delete_whose_answer_was_lost_is_success()
    {
        await Store.PutAsync(Name, new byte[1]);
        network.LoseNext = 1;
        await Store.DeleteAsync(Name);
        Assert.False(await Store.ExistsAsync(Name));
    }

    [Fact]
    public async Task A_missing_container_does_not_pass_for_missing_objects()
    {
        await Container.DeleteAsync();
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.ExistsAsync(Name));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.DeleteAsync(Name));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.OpenAsync(Name));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => NamesAsync(BlobName.Root));
        Assert.NotNull(Assert.Single(await Store.LookAsync([new(BlobName.FolderOf(Photo), [Name])])).Error);
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.PutAsync(Name, new byte[1]));
    }

    [Fact]
    public async Task A_network_that_loses_every_answer_is_told_as_such()
    {
        await Store.PutAsync(Name, new byte[2_000_000]);
        await using var opened = await Store.OpenAsync(Name);
        network.LoseNext = int.MaxValue;
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.ExistsAsync(Name));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.DeleteAsync(Name));
        opened.Position = 1_999_000;
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => opened.ReadExactlyAsync(new byte[10]).AsTask());
    }

    [Fact]
    public async Task A_container_open_to_the_public_is_refused()
    {
        await Container.SetAccessPolicyAsync(PublicAccessType.Blob);
        var refused = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => new AzureBlobStore(Container).PrepareAsync());
        Assert.Contains("open to the public", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Lets requests reach the server and loses what it answers.</summary>
    private sealed class LosesAnswers : HttpPipelinePolicy
    {
        public int LoseNext { get; set; }

        public ConcurrentQueue<string> Asked { get; } = new();

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            Asked.Enqueue($"{message.Request.Method} {message.Request.Uri.PathAndQuery}");
            await ProcessNextAsync(message, pipeline);
            if (LoseNext <= 0)
                return;
            LoseNext--;
            throw new IOException("The answer was lost.");
        }
    }
}
