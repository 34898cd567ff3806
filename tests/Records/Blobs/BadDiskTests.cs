using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Records.Blobs;

/// <summary>Bad days of the disk store: full, read-only, killed.</summary>
public sealed class BadDiskTests
{
    private static readonly byte[] Key = new byte[32];

    private readonly Guid photo = Guid.NewGuid();

    [TinyDiskFact]
    public async Task Fault34_A_full_disk_is_told_apart_leaves_nothing_and_can_still_delete()
    {
        using var disk = new TinyDisk();
        var store = new DiskBlobStore(Path.Combine(disk.Path, "blobs"));
        var names = Enumerable.Range(0, 5).Select(number => BlobName.Of(photo, number, "original")).ToList();
        await store.PutAsync(names[0], new byte[3_000_000]);
        await store.PutAsync(names[1], new byte[3_000_000]);
        await Assert.ThrowsAsync<BlobStoreFullException>(() => store.PutAsync(names[2], new byte[3_000_000]));
        Assert.Empty(Directory.GetFiles(Path.Combine(disk.Path, "blobs", ".tmp")));
        Assert.False(await store.ExistsAsync(names[2]));

        Assert.True(await store.DeleteAsync(names[0]));
        await store.PutAsync(names[2], new byte[3_000_000]);
    }

    [TinyDiskFact]
    public async Task A_disk_that_became_read_only_is_told_and_works_again_afterwards()
    {
        using var disk = new TinyDisk();
        var store = new DiskBlobStore(Path.Combine(disk.Path, "blobs"));
        var name = BlobName.Of(photo, 1, "original");
        await store.PutAsync(name, new byte[10]);
        disk.MakeReadOnly();
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.DeleteAsync(name));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => store.PutAsync(BlobName.Of(photo, 2, "web"), new byte[10]));
        Assert.True(await store.ExistsAsync(name));
        disk.MakeWritable();
        Assert.True(await store.DeleteAsync(name));
    }

    [Fact]
    public async Task Fault31_A_killed_writer_leaves_every_acknowledged_object_and_no_half_one()
    {
        var root = Path.Combine(Path.GetTempPath(), $"photoguard-blobs-{Guid.NewGuid():N}");
        var store = new DiskBlobStore(root);
        try
        {
            for (var round = 0; round < 3; round++)
            {
                var acknowledged = await WriteAndKillAsync(root, 5 + 10 * round);
                var found = await store.ListAsync(BlobName.Root).Select(entry => entry.Name).ToListAsync();
                Assert.Subset(found.ToHashSet(), acknowledged);
                foreach (var name in found)
                {
                    await using var whole = await Envelope.OpenReadAsync(await store.OpenAsync(name), Key, name);
                    await whole.CopyToAsync(Stream.Null);
                    await store.DeleteAsync(name);
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Runs in a process of its own: writes until it is killed, and says which objects are safe.</summary>
    internal static async Task WriteUntilKilledAsync(string[] arguments)
    {
        var store = new DiskBlobStore(arguments[0]);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var name = BlobName.Of(Guid.NewGuid(), 1, "original");
                using var content = Envelope.Encrypt(new byte[1_000_000], Key, name);
                await store.PutAsync(name, content.Memory);
                await Console.Out.WriteLineAsync(name);
            }
        })));
    }

    private static async Task<HashSet<string>> WriteAndKillAsync(string root, int after)
    {
        using var writer = ChildProgram.Start(WriteUntilKilledAsync, root);
        var acknowledged = new HashSet<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            while (acknowledged.Count < after && await writer.StandardOutput.ReadLineAsync(patience.Token) is { } name)
                acknowledged.Add(name);
        }
        finally
        {
            writer.Kill();
        }

        await writer.WaitForExitAsync(patience.Token);
        Assert.Equal(after, acknowledged.Count);
        return acknowledged;
    }
}
