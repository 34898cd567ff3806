using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>Whoever stood still for too long has lost: what they do afterwards has no effect and leaves nothing.</summary>
public sealed class ZombieTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private PhotoFlows others = null!;
    private HeldStore held = null!;
    private PhotoFlows zombie = null!;
    private TestSchool school = null!;
    private Guid activity;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        others = PhotoFlows.Over(api.Records.Settings);
        held = HeldStore.Over(api.Records.Settings);
        zombie = PhotoFlows.Over(api.Records.Settings, change: held.Into);
        school = await api.SchoolAsync();
        activity = await school.ActivityAsync();
    }

    public async Task DisposeAsync()
    {
        await zombie.DisposeAsync();
        await others.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Fault15_A_renderer_whose_claim_another_has_taken_cannot_finish()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        var late = zombie.DoAsync((await zombie.ClaimAsync(WorkKinds.Render))!);
        await held.Reached;
        await others.RecoverAsync();
        Assert.Equal(1, await RenderedAsync(photo));

        held.GoOn();
        await EndAsync(late);
        await others.RecoverAsync();
        Assert.Equal(1, await RenderedAsync(photo));
        await Books.MustBalanceAsync(others);
        await Books.MustOpenAsync(others, photo);
    }

    [Fact]
    public async Task Fault15_A_renderer_whose_claim_another_holds_cannot_finish()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        var old = (await others.ClaimAsync(WorkKinds.Render))!;
        await SetAsync("update work set lease_until = now() - interval '1 s'");
        var mine = (await others.ClaimAsync(WorkKinds.Render))!;

        Assert.False(await KeepAsync(old));
        Assert.Equal(0, await RenderedAsync(photo));
        Assert.True(await KeepAsync(mine));
        Assert.Equal(1, await RenderedAsync(photo));

        Task<bool> KeepAsync(WorkItem claim) => others.RunAsync((RenditionDesk desk) => desk.KeepAsync(
            claim, [new(ObjectKind.Thumb, "jpeg", 64, 48, new byte[] { 1 }), new(ObjectKind.Web, "jpeg", 64, 48, new byte[] { 2 })], CancellationToken.None));
    }

    [Fact]
    public async Task Fault15_A_renderer_of_a_photo_destroyed_meanwhile_brings_nothing_back()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        var late = zombie.DoAsync((await zombie.ClaimAsync(WorkKinds.Render))!);
        await held.Reached;
        var head = await school.HeadAsync();
        (await head.PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
        Assert.True(await others.WorkAsync(WorkKinds.Remove));
        (await head.GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
        await others.RecoverAsync();
        (await head.GetAsync($"photos/{photo}/certificate")).Must(200);

        held.GoOn();
        await EndAsync(late);
        await others.RecoverAsync();
        Assert.Equal(0, await RenderedAsync(photo));
        await Books.MustBalanceAsync(others);
    }

    [Fact]
    public async Task Fault15_An_upload_that_was_swept_is_refused_and_leaves_nothing()
    {
        var picture = TestPhotos.Picture(64, 48);
        var token = await school.TokenAsync(Role.Teacher);
        var late = zombie.ReceiveAsync(token, activity, picture);
        await held.Reached;
        await others.RecoverAsync();

        held.GoOn();
        Assert.Equal("store-unavailable", (await Assert.ThrowsAsync<Refusal>(() => late)).Type);
        await others.RecoverAsync();
        await Books.MustBalanceAsync(others);
        await others.ReceiveAsync(token, activity, picture);
    }

    [Fact]
    public async Task A_sweep_never_takes_what_is_just_being_finished()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        await SetAsync("update objects set stored_at = null, write_before = now() - interval '1 s'");
        await using var finishing = await others.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var commit = await finishing.BeginTransactionAsync();
        await using (var finish = new NpgsqlCommand("update objects set stored_at = now()", finishing)) await finish.ExecuteNonQueryAsync();

        var sweep = others.RunAsync((ObjectSweep it) => it.SweepUnfinishedAsync(CancellationToken.None));
        await Eventually.IsAsync("the sweep waits or has ended", async () => sweep.IsCompleted
            || await others.CountAsync("select count(*) from pg_locks where not granted and pid <> pg_backend_pid()") > 0);
        await commit.CommitAsync();
        Assert.Equal(0, await sweep);
        await others.RecoverAsync();
        await Books.MustBalanceAsync(others);
        await Books.MustOpenAsync(others, photo);
    }

    [Fact]
    public async Task Renditions_given_up_after_many_failures_are_tried_again_after_a_day()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        await SetAsync("update work set attempts = 11");
        var item = (await others.ClaimAsync(WorkKinds.Render))!;
        await others.RunAsync(async (WorkQueue queue) =>
        {
            await queue.FailAsync(item, "the store is away", CancellationToken.None);
            return await queue.TurnAsync(CancellationToken.None);
        });
        await Clock.PassAsync(others);
        Assert.Null(await others.ClaimAsync(WorkKinds.Render));

        await SetAsync("update work set retry_at = retry_at - interval '25 h'");
        await others.RunAsync((WorkQueue queue) => queue.TurnAsync(CancellationToken.None));
        Assert.True(await others.WorkAsync(WorkKinds.Render));
        Assert.Equal(1, await RenderedAsync(photo));
    }

    private Task<long> RenderedAsync(Guid photo) =>
        others.CountAsync("select count(*) from audit_entries where event = 'photo.rendered' and photo_id = $1", photo);

    private Task<long> SetAsync(string sql) => others.CountAsync($"with changed as ({sql} returning 1) select count(*) from changed");

    /// <summary>That it fails is as good as that it does nothing.</summary>
    private static async Task EndAsync(Task late)
    {
        try
        {
            await late;
        }
        catch (Exception error) when (error is Refusal or Microsoft.EntityFrameworkCore.DbUpdateException)
        {
        }
    }
}
