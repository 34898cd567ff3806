using System.Security.Cryptography;
using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Records.Blobs;

/// <summary>What every store of objects does; run against each of them.</summary>
public abstract class BlobStoreSuite : IAsyncLifetime
{
    private IBlobStore? opened;

    protected IBlobStore Store => opened!;

    protected Guid Photo { get; } = Guid.NewGuid();

    protected string Name => BlobName.Of(Photo, 1, "original");

    public async Task InitializeAsync() => opened = await OpenStoreAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    protected abstract Task<IBlobStore> OpenStoreAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_500_000)]
    public async Task What_was_put_is_read_back(int length)
    {
        var content = RandomNumberGenerator.GetBytes(length);
        await Store.PutAsync(Name, content);
        Assert.True(await Store.ExistsAsync(Name));
        Assert.Equal(content, await ReadAsync(Name));
    }

    [Fact]
    public async Task An_opened_object_knows_its_length_and_can_be_read_from_anywhere()
    {
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        await Store.PutAsync(Name, content);
        await using var stream = await Store.OpenAsync(Name);
        Assert.Equal(content.Length, stream.Length);
        foreach (var offset in new[] { 2_999_990, 0, 1_500_000, 5 })
        {
            stream.Position = offset;
            var piece = new byte[10];
            await stream.ReadExactlyAsync(piece);
            Assert.Equal(content[offset..(offset + 10)], piece);
        }
    }

    [Fact]
    public async Task An_encrypted_object_comes_back_through_the_store()
    {
        var plain = RandomNumberGenerator.GetBytes(300_000);
        var key = RandomNumberGenerator.GetBytes(32);
        using (var sealedObject = Envelope.Encrypt(plain, key, Name))
            await Store.PutAsync(Name, sealedObject.Memory);
        await using var stream = await Envelope.OpenReadAsync(await Store.OpenAsync(Name), key, Name);
        var read = new byte[plain.Length];
        await stream.ReadExactlyAsync(read);
        Assert.Equal(plain, read);
    }

    [Fact]
    public async Task An_object_is_never_replaced()
    {
        await Store.PutAsync(Name, new byte[] { 1 });
        await Assert.ThrowsAsync<BlobExistsException>(() => Store.PutAsync(Name, new byte[] { 2 }));
        Assert.Equal([1], await ReadAsync(Name));
    }

    [Fact]
    public async Task Of_many_who_put_the_same_name_at_once_exactly_one_wins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 16).Select(async writer =>
        {
            var content = Enumerable.Repeat((byte)writer, 100_000).ToArray();
            try
            {
                await Task.Run(() => Store.PutAsync(Name, content));
                return content;
            }
            catch (BlobExistsException)
            {
                return null;
            }
        }));
        Assert.Equal(Assert.Single(outcomes, outcome => outcome is not null), await ReadAsync(Name));
    }

    [Fact]
    public async Task An_absent_object_cannot_be_opened()
    {
        Assert.False(await Store.ExistsAsync(Name));
        await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.OpenAsync(Name));
    }

    [Fact]
    public async Task Deleting_is_harmless_when_repeated()
    {
        await Store.PutAsync(Name, new byte[] { 1 });
        Assert.True(await Store.DeleteAsync(Name));
        Assert.False(await Store.DeleteAsync(Name));
        Assert.False(await Store.ExistsAsync(Name));
        await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.OpenAsync(Name));
    }

    [Fact]
    public async Task A_deleted_name_can_be_put_again()
    {
        await Store.PutAsync(Name, new byte[] { 1 });
        await Store.DeleteAsync(Name);
        await Store.PutAsync(Name, new byte[] { 2 });
        Assert.Equal([2], await ReadAsync(Name));
    }

    [Fact]
    public async Task A_listing_holds_the_folder_and_nothing_of_a_neighbour()
    {
        var neighbour = Guid.NewGuid();
        string[] mine = [Name, BlobName.Of(Photo, 1, "web"), BlobName.Of(Photo, 12, "web")];
        foreach (var name in mine.Append(BlobName.Of(neighbour, 1, "original")))
            await Store.PutAsync(name, new byte[name.Length]);

        Assert.Equal(mine.Order(StringComparer.Ordinal), await NamesAsync(BlobName.FolderOf(Photo)));
        Assert.Equal(mine[..2].Order(StringComparer.Ordinal), await NamesAsync($"photos/{Photo}/1/"));
        Assert.Equal(4, (await NamesAsync(BlobName.Root)).Count);
        Assert.Empty(await NamesAsync(BlobName.FolderOf(Guid.NewGuid())));
    }

    [Fact]
    public async Task A_listing_tells_length_and_age()
    {
        await Store.PutAsync(Name, new byte[123]);
        var entry = Assert.Single(await Store.ListAsync(BlobName.FolderOf(Photo)).ToListAsync());
        Assert.Equal(123, entry.Length);
        Assert.InRange(entry.LastModified, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
    }

    [Fact]
    public async Task A_long_listing_is_whole()
    {
        var names = Enumerable.Range(0, 120).Select(number => BlobName.Of(Photo, number, "web")).ToList();
        await Parallel.ForEachAsync(names, async (name, cancellation) => await Store.PutAsync(name, new byte[1], cancellation));
        Assert.Equal(names.Order(StringComparer.Ordinal), await NamesAsync(BlobName.FolderOf(Photo)));
    }

    [Fact]
    public async Task Writers_readers_and_deleters_in_one_folder_do_not_hinder_one_another()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), async (number, cancellation) =>
        {
            var name = BlobName.Of(Photo, 1, $"o{number}");
            await Store.PutAsync(name, new byte[10], cancellation);
            _ = await Store.ListAsync(BlobName.FolderOf(Photo), cancellation).CountAsync(cancellation);
            Assert.True(await Store.DeleteAsync(name, cancellation));
        });
        Assert.Empty(await NamesAsync(BlobName.Root));
    }

    [Fact]
    public async Task Folders_are_deleted_with_what_is_known_and_what_is_found_in_them_and_no_neighbour_is_touched()
    {
        var (empty, neighbour) = (Guid.NewGuid(), BlobName.Of(Guid.NewGuid(), 1, "original"));
        string[] stored = [Name, BlobName.Of(Photo, 2, "web"), BlobName.Of(Photo, 7, "print")];
        foreach (var name in stored.Append(neighbour)) await Store.PutAsync(name, new byte[10]);
        BlobFolder[] folders = [new(BlobName.FolderOf(Photo), [Name, BlobName.Of(Photo, 3, "thumb")]), new(BlobName.FolderOf(empty), [])];
        Assert.Equal([(0, 3), (1, 0)], await SeenAsync(Store.LookAsync(folders), folders));

        // Four: one is known and was never written.
        Assert.Equal([(0, 4), (1, 0)], await SeenAsync(Store.DeleteFoldersAsync(folders), folders));
        Assert.Equal([(0, 0), (1, 0)], await SeenAsync(Store.LookAsync(folders), folders));
        Assert.Equal([neighbour], await NamesAsync(BlobName.Root));
        // Harmless when repeated.
        Assert.Equal([(0, 2), (1, 0)], await SeenAsync(Store.DeleteFoldersAsync(folders), folders));
    }

    [Fact]
    public async Task What_was_not_come_to_in_time_is_told_and_stays()
    {
        await Store.PutAsync(Name, new byte[1]);
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        var folder = new BlobFolder(BlobName.FolderOf(Photo), [Name]);
        Assert.NotNull(Assert.Single(await Store.DeleteFoldersAsync([folder], over.Token)).Error);
        Assert.NotNull(Assert.Single(await Store.LookAsync([folder], over.Token)).Error);
        Assert.True(await Store.ExistsAsync(Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("photos/a/1/../../../../etc/passwd")]
    [InlineData("photos/../1/x")]
    [InlineData("photos/./1/x")]
    [InlineData("/photos/a/1/x")]
    [InlineData("photos//1/x")]
    [InlineData("photos/a/1/")]
    [InlineData("photos/a/1")]
    [InlineData("photos/a/1/x/y")]
    [InlineData("photos/A/1/x")]
    [InlineData("photos/a/1/x y")]
    [InlineData("photos/a/1/x\\y")]
    [InlineData("photos/a/1/x\0")]
    [InlineData("photos/a/1/%2e%2e")]
    [InlineData("photos/a/1/.tmp")]
    [InlineData("photos/a/1/é")]
    [InlineData(".tmp/a/1/x")]
    [InlineData("exports/a/1/x")]
    public async Task What_is_no_name_is_refused_by_every_call(string name)
    {
        await Assert.ThrowsAsync<InvalidBlobNameException>(async () => await Store.PutAsync(name, new byte[1]));
        await Assert.ThrowsAsync<InvalidBlobNameException>(async () => await Store.OpenAsync(name));
        await Assert.ThrowsAsync<InvalidBlobNameException>(async () => await Store.DeleteAsync(name));
        await Assert.ThrowsAsync<InvalidBlobNameException>(async () => await Store.ExistsAsync(name));
    }

    [Fact]
    public async Task A_name_has_at_most_200_characters()
    {
        var longest = $"photos/a/1/{new string('x', 189)}";
        await Store.PutAsync(longest, new byte[1]);
        Assert.Equal(longest, Assert.Single(await NamesAsync(BlobName.Root)));
        await Assert.ThrowsAsync<InvalidBlobNameException>(async () => await Store.PutAsync(longest + "x", new byte[1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("photos")]
    [InlineData("photos/a")]
    [InlineData("photos/../")]
    [InlineData("photos/a/1/x/")]
    [InlineData(".tmp/")]
    public async Task What_is_no_folder_is_not_listed(string prefix) =>
        await Assert.ThrowsAsync<InvalidBlobNameException>(() => NamesAsync(prefix));

    protected async Task<List<string>> NamesAsync(string prefix) =>
        await Store.ListAsync(prefix).Select(entry => entry.Name).Order(StringComparer.Ordinal).ToListAsync();

    /// <summary>Which folder, and how many objects; fails where anything went wrong.</summary>
    private static async Task<IEnumerable<(int, int)>> SeenAsync(Task<IReadOnlyList<BlobFolderResult>> done, BlobFolder[] folders)
    {
        var results = await done;
        Assert.All(results, result => Assert.Null(result.Error));
        return results.Select(result => (Array.IndexOf(folders, result.Folder), result.Objects)).Order();
    }

    protected async Task<byte[]> ReadAsync(string name)
    {
        await using var stream = await Store.OpenAsync(name);
        var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }
}
