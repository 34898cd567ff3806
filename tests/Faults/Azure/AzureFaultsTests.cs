using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Removal;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Azure;

/// <summary>The real store and removal over an account that fails, lies and keeps things.</summary>
public sealed class AzureFaultsTests : IAsyncLifetime
{
    private AzureDouble azure = null!;
    private TestApi? api;

    public async Task InitializeAsync() => azure = await AzureDouble.StartAsync();

    public async Task DisposeAsync()
    {
        if (api is not null) await api.DisposeAsync();
        await azure.DisposeAsync();
    }

    [Fact]
    public async Task Fault24_busy_for_a_while_it_serves_nothing_more_and_deletes_when_it_can()
    {
        var (school, photo) = await ErasedAsync();
        azure.Refuses = request => request.Method == "DELETE" ? 503 : null;
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => api!.Records.CarryOutAsync(photo));
        (await (await school.HeadAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        await NoCertificateAsync(school, photo);
        azure.Refuses = null;
        await GoneAsync(school, photo);
    }

    [Fact]
    public async Task Fault25_acknowledged_and_still_there_is_not_gone()
    {
        var (school, photo) = await ErasedAsync();
        azure.LyingDeletes = 1;
        var told = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => api!.Records.CarryOutAsync(photo));
        Assert.Contains("is still there", told.Message, StringComparison.Ordinal);
        await NoCertificateAsync(school, photo);
        await GoneAsync(school, photo);
    }

    [Fact]
    public async Task Fault26_an_answer_that_was_lost_after_the_deletion_is_success()
    {
        var (school, photo) = await ErasedAsync();
        azure.LostAnswers = 2;
        await GoneAsync(school, photo);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fault27_with_soft_delete_it_does_not_start(bool hidden)
    {
        (azure.SoftDelete, azure.HidesAccount) = (true, hidden);
        var told = await Assert.ThrowsAsync<StoreKeepsException>(() => StartAsync());
        Assert.Contains(hidden ? "soft delete" : "soft delete for 7 days", told.Message, StringComparison.Ordinal);
        Assert.Contains("PHOTOGUARD_ERASURE=key-only", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault27_soft_delete_turned_on_later_lets_nothing_pass_for_gone()
    {
        var (school, photo) = await ErasedAsync();
        azure.SoftDelete = true;
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => api!.Records.CarryOutAsync(photo));
        await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => api!.Records.CarryOutAsync(photo));
        await NoCertificateAsync(school, photo);
        (await (await school.HeadAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task Fault27_where_it_is_accepted_the_certificate_says_so()
    {
        azure.SoftDelete = true;
        var school = await StartAsync(keyOnly: true);
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await EraseAsync(school, photo);
        Assert.Equal(RemovalOutcome.Done, await api!.Records.CarryOutAsync(photo));
        var certificate = (await (await school.OfficeAsync()).GetAsync($"photos/{photo}/certificate")).Must(200).Json;
        Assert.Equal("keyOnly", certificate.GetProperty("erasure").GetString());
        Assert.True(azure.HeldOf(photo.ToString()) > 0);
    }

    [Fact]
    public async Task Fault28_with_versions_it_does_not_start()
    {
        azure.Versioning = true;
        Assert.Contains("versions", (await Assert.ThrowsAsync<StoreKeepsException>(() => StartAsync())).Message, StringComparison.Ordinal);
        // The probe left nothing behind.
        Assert.Equal(0, azure.HeldOf("photos/"));
    }

    [Fact]
    public async Task Fault28_versions_and_snapshots_go_with_the_picture()
    {
        azure.Versioning = true;
        var school = await StartAsync(keyOnly: true);
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        azure.Snapshot(photo.ToString());
        await EraseAsync(school, photo);
        await GoneAsync(school, photo);
    }

    [Fact]
    public async Task Fault28_a_snapshot_made_by_somebody_goes_too()
    {
        var (school, photo) = await ErasedAsync();
        azure.Snapshot(photo.ToString());
        await GoneAsync(school, photo);
    }

    [Fact]
    public async Task Fault29_an_immutability_policy_is_told_and_never_passes_for_done()
    {
        var (school, photo) = await ErasedAsync();
        azure.Immutable = true;
        var told = await Assert.ThrowsAsync<BlobStoreUnavailableException>(() => api!.Records.CarryOutAsync(photo));
        Assert.Contains("409 BlobImmutableDueToPolicy", told.Message, StringComparison.Ordinal);
        await NoCertificateAsync(school, photo);
        azure.Immutable = false;
        await GoneAsync(school, photo);
    }

    [Fact]
    public async Task Fault30_a_lease_is_broken()
    {
        var (school, photo) = await ErasedAsync();
        azure.Lease(photo.ToString());
        await GoneAsync(school, photo);
    }

    private async Task<TestSchool> StartAsync(bool keyOnly = false)
    {
        api = await TestApi.OverAsync(await TestRecords.CreateAsync(blobs: azure.Connection, keyOnly: keyOnly));
        return await api.SchoolAsync();
    }

    private async Task<(TestSchool School, Guid Photo)> ErasedAsync()
    {
        var school = await StartAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await EraseAsync(school, photo);
        Assert.Equal(1, azure.HeldOf(photo.ToString()));
        return (school, photo);
    }

    private static async Task EraseAsync(TestSchool school, Guid photo) =>
        (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);

    private async Task GoneAsync(TestSchool school, Guid photo)
    {
        Assert.Equal(RemovalOutcome.Done, await api!.Records.CarryOutAsync(photo));
        (await (await school.OfficeAsync()).GetAsync($"photos/{photo}/certificate")).Must(200);
        Assert.Equal(0, azure.HeldOf(photo.ToString()));
    }

    private static async Task NoCertificateAsync(TestSchool school, Guid photo) =>
        (await (await school.OfficeAsync()).GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
}
