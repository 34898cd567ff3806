using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Photos;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Batches;

/// <summary>Removals that are carried out together: one that cannot go on delays only itself, and nothing is done twice.</summary>
public sealed class RemovalBatchTests : IAsyncLifetime
{
    private const int Photos = 5;

    private readonly TestApi api = new();
    private PhotoFlows flows = null!;
    private TestSchool school = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        flows = PhotoFlows.Over(api.Records.Settings);
        school = await api.SchoolAsync();
    }

    public async Task DisposeAsync()
    {
        await flows.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Fault18_A_folder_in_place_of_an_object_delays_only_its_own_photo()
    {
        var photos = await ErasedAsync();
        var file = OriginalOf(photos[2]);
        File.Delete(file);
        Directory.CreateDirectory(Path.Combine(file, "inside"));
        await OneIsLeftAsync(photos, photos[2], () => Directory.Delete(file, recursive: true));
    }

    [ImmutableFileFact]
    public async Task Fault18_An_object_that_nobody_may_delete_delays_only_its_own_photo()
    {
        var photos = await ErasedAsync();
        var file = OriginalOf(photos[0]);
        ImmutableFile.Make(file);
        try
        {
            await OneIsLeftAsync(photos, photos[0], () => ImmutableFile.Unmake(file));
        }
        finally
        {
            if (File.Exists(file)) ImmutableFile.Unmake(file);
        }
    }

    [Fact]
    public async Task Fault18_A_row_that_the_database_does_not_let_go_delays_only_its_own_photo()
    {
        var photos = await ErasedAsync();
        await api.Records.ExecuteAsync("create table keeps (photo_id uuid references photos)");
        await api.Records.ExecuteAsync("insert into keeps values ($1)", photos[4]);
        await OneIsLeftAsync(photos, photos[4], () => api.Records.ExecuteAsync("drop table keeps").GetAwaiter().GetResult());
    }

    [Fact]
    public async Task Fault13_Killed_between_the_objects_and_the_row_the_photo_is_410_until_another_worker_ends_it()
    {
        var photos = await ErasedAsync();
        var seams = new Seams();
        await using (var dying = PhotoFlows.Over(api.Records.Settings, seams))
        {
            var batch = await dying.ClaimRemovalsAsync();
            seams.Watch("before look (1)", Stop.FromThereOn);
            await Assert.ThrowsAnyAsync<Exception>(() => dying.DoAsync(batch));
            Assert.True(seams.Stopped);
        }
        Assert.Equal(Photos, await flows.CountAsync("select count(*) from tombstones"));
        Assert.Equal(Photos, await flows.CountAsync("select count(*) from photos"));
        Assert.Equal(0, Kept.FilesOf(api.Records, "original"));
        // Nobody is told that something is missing: it is meant to be gone.
        Assert.Empty((await flows.RunAsync((ObjectSweep sweep) => sweep.SweepAllAsync(CancellationToken.None))).Missing);
        var head = await school.HeadAsync();
        foreach (var photo in photos)
        {
            (await head.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
            (await head.GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
        }
        await AllAreGoneAsync(photos);
    }

    [Fact]
    public async Task Fault14_What_comes_back_after_its_row_is_gone_is_swept_and_never_taken_in()
    {
        var photos = await ErasedAsync();
        var file = OriginalOf(photos[1]);
        var bytes = await File.ReadAllBytesAsync(file);
        await AllAreGoneAsync(photos);

        // As after a power cut that a deletion did not survive, and as a stranger would copy it in.
        foreach (var name in new[] { file, file.Replace(photos[1].ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal) })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(name)!);
            await File.WriteAllBytesAsync(name, bytes);
        }
        var swept = await flows.RunAsync((ObjectSweep sweep) => sweep.SweepAllAsync(CancellationToken.None));
        Assert.Equal((2, 0), (swept.Objects, swept.Missing.Count));
        await Books.MustBalanceAsync(flows);
        (await (await school.HeadAsync()).GetAsync($"photos/{photos[1]}")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task Fault20_Delivered_three_times_shuffled_and_at_once_it_is_done_once()
    {
        var photos = await ErasedAsync();
        var batch = await flows.ClaimRemovalsAsync();
        Assert.Equal(Photos, batch.Count);
        await using var second = PhotoFlows.Over(api.Records.Settings with { Node = "n2" });
        await using var third = PhotoFlows.Over(api.Records.Settings with { Node = "n3" });
        await Task.WhenAll(flows.DoAsync(batch), second.DoAsync([.. batch.Reverse()]), third.DoAsync([.. batch.Skip(2), .. batch.Take(2)]));
        await second.DoAsync(batch);
        Assert.Equal(0, await flows.CountAsync("select count(*) from removals where attempts > 0"));
        await AllAreGoneAsync(photos);
    }

    private async Task<Guid[]> ErasedAsync()
    {
        var (activity, head) = (await school.ActivityAsync(), await school.HeadAsync());
        var photos = new Guid[Photos];
        for (var nth = 0; nth < Photos; nth++)
        {
            photos[nth] = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            (await head.PostAsync($"photos/{photos[nth]}/erasure", new { reason = "asked by a guardian" })).Must(202);
        }
        return photos;
    }

    private string OriginalOf(Guid photo) => Directory.GetFiles(
        Path.Combine(api.Records.Settings.Data, "blobs", BlobName.FolderOf(photo)), "original", SearchOption.AllDirectories).Single();

    /// <summary>In one batch all but the poisoned one are destroyed; that one says why, is tried again later, and goes once it can.</summary>
    private async Task OneIsLeftAsync(Guid[] photos, Guid poisoned, Action mend)
    {
        await flows.DoAsync(await flows.ClaimRemovalsAsync());
        var head = await school.HeadAsync();
        foreach (var photo in photos.Where(photo => photo != poisoned)) (await head.GetAsync($"photos/{photo}/certificate")).Must(200);
        (await head.GetAsync($"photos/{poisoned}/certificate")).MustRefuse(404, "no-certificate");
        (await head.GetAsync($"photos/{poisoned}")).MustRefuse(410, "gone");
        Assert.Equal(1, await flows.CountAsync("select count(*) from removals where photo_id = $1 and attempts = 1 and last_error is not null and done_at is null", poisoned));
        Assert.Equal(1, await flows.CountAsync("select count(*) from work where kind = 'remove' and lease_until is null and due_at > now() and last_error is not null"));
        mend();
        await AllAreGoneAsync(photos);
    }

    private async Task AllAreGoneAsync(Guid[] photos)
    {
        await flows.RecoverAsync();
        await Books.MustBalanceAsync(flows);
        Assert.Equal(photos.Length, await flows.CountAsync("select count(*) from certificates where photo_id = any($1)", photos));
    }
}
