using PhotoGuard.Records.Blobs;

namespace PhotoGuard.Tests.Records.Blobs;

public sealed class DiskBlobStoreTests : BlobStoreSuite
{
    private readonly string root = Path.Combine(Path.GetTempPath(), $"photoguard-blobs-{Guid.NewGuid():N}");

    private string Temp => Path.Combine(root, ".tmp");

    protected override Task<IBlobStore> OpenStoreAsync() => Task.FromResult<IBlobStore>(new DiskBlobStore(root));

    public override Task DisposeAsync()
    {
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_else_on_the_machine_may_read()
    {
        await Store.PutAsync(Name, new byte[1]);
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (var folder in Directory.GetDirectories(root, "*", SearchOption.AllDirectories).Append(root))
            Assert.Equal(mine | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(mine, File.GetUnixFileMode(Path.Combine(root, Name)));
    }

    [Fact]
    public async Task Nothing_is_left_of_a_photo_whose_last_object_is_deleted()
    {
        await Store.PutAsync(Name, new byte[1]);
        await Store.PutAsync(BlobName.Of(Photo, 2, "web"), new byte[1]);
        await Store.DeleteAsync(Name);
        Assert.True(Directory.Exists(Path.Combine(root, BlobName.FolderOf(Photo))));
        await Store.DeleteAsync(BlobName.Of(Photo, 2, "web"));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(root, "photos")));
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_emptied_keeps_none_of_the_others_and_is_seen()
    {
        var good = BlobName.Of(Guid.NewGuid(), 1, "original");
        await Store.PutAsync(good, new byte[1]);
        Directory.CreateDirectory(Path.Combine(root, Name, "inside"));
        BlobFolder[] folders = [new(BlobName.FolderOf(Photo), [Name]), new(good[..^"1/original".Length], [good])];
        var deleted = await Store.DeleteFoldersAsync(folders);
        Assert.Contains("directory", deleted.Single(result => result.Folder == folders[0]).Error!.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Null(deleted.Single(result => result.Folder == folders[1]).Error);
        Assert.Equal([1, 0], (await Store.LookAsync(folders)).OrderByDescending(result => result.Objects).Select(result => result.Objects));
        Assert.False(Directory.Exists(Path.Combine(root, folders[1].Prefix)));
    }

    [Fact]
    public async Task Fault31_Leftovers_of_crashed_writers_are_never_listed_and_swept_after_an_hour()
    {
        await File.WriteAllBytesAsync(Path.Combine(Temp, "half"), new byte[10]);
        Assert.Empty(await NamesAsync(BlobName.Root));
        var store = (DiskBlobStore)Store;
        Assert.Equal(0, await store.SweepTempAsync(new Later(TimeSpan.FromMinutes(59))));
        Assert.Equal(1, await store.SweepTempAsync(new Later(TimeSpan.FromMinutes(61))));
        Assert.Empty(Directory.GetFileSystemEntries(Temp));
    }

    [Fact]
    public async Task A_folder_that_is_gone_does_not_pass_for_missing_objects()
    {
        await Store.PutAsync(Name, new byte[1]);
        Directory.Move(root, root + "-away");
        try
        {
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.ExistsAsync(Name));
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.DeleteAsync(Name));
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.OpenAsync(Name));
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => NamesAsync(BlobName.Root));
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.PutAsync(Name, new byte[1]));
            BlobFolder[] folders = [new(BlobName.FolderOf(Photo), [Name])];
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.DeleteFoldersAsync(folders));
            await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.LookAsync(folders));
        }
        finally
        {
            Directory.Move(root + "-away", root);
        }

        Assert.True(await Store.ExistsAsync(Name));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_and_works_again_afterwards()
    {
        Directory.Delete(Temp);
        await File.WriteAllTextAsync(Temp, "in the way");
        var error = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => Store.PutAsync(Name, new byte[1]));
        Assert.Contains(root, error.Message, StringComparison.Ordinal);
        Assert.False(await Store.ExistsAsync(Name));
        File.Delete(Temp);
        Directory.CreateDirectory(Temp);
        await Store.PutAsync(Name, new byte[1]);
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
