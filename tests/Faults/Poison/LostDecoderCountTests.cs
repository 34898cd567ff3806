using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Poison;

/// <summary>What counts against a picture, and what does not.</summary>
public sealed class LostDecoderCountTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private PhotoFlows flows = null!;
    private TestSchool school = null!;
    private Guid photo;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        flows = PhotoFlows.Over(api.Records.Settings);
        school = await api.SchoolAsync();
        photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
    }

    public async Task DisposeAsync()
    {
        await flows.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Neither_other_failures_nor_kills_from_outside_count_towards_the_three()
    {
        for (var round = 0; round < 4; round++)
        {
            await FailAsync("NpgsqlException: the database is away");
            await LoseAsync(LossReason.Killed);
        }
        await LoseAsync(LossReason.Wall);
        await LoseAsync(LossReason.Memory);
        Assert.Equal(0, await StuckAsync());
        Assert.Equal(6, await flows.CountAsync("select count(*) from audit_entries where event = 'decoder.lost'"));

        await LoseAsync(LossReason.Cpu);
        Assert.Equal(1, await StuckAsync());
    }

    [Fact]
    public async Task Killed_from_outside_again_and_again_it_is_set_aside_like_any_failure_and_tried_again_after_a_day()
    {
        for (var round = 0; round < WorkQueue.AttemptsBeforeStuck; round++) await LoseAsync(LossReason.Killed);
        Assert.Equal(1, await StuckAsync());
        Assert.Equal(0, await flows.CountAsync("select count(*) from work where losses > 0"));

        await DaysPassAsync(1);
        Assert.True(await flows.WorkAsync(WorkKinds.Render));
    }

    [Fact]
    public async Task What_is_set_aside_is_tried_again_after_one_two_and_four_days()
    {
        for (var round = 0; round < 3; round++) await LoseAsync(LossReason.Wall);
        foreach (var days in new[] { 1, 2, 4 })
        {
            await DaysPassAsync(days - 1);
            Assert.Equal(1, await StuckAsync());
            await DaysPassAsync(1);
            Assert.Equal(0, await StuckAsync());
            await LoseAsync(LossReason.Wall);
            Assert.Equal(1, await StuckAsync());
        }
    }

    [Fact]
    public async Task A_decoder_that_may_have_been_taken_over_is_not_tried_again_by_itself()
    {
        for (var round = 0; round < 3; round++) await LoseAsync(LossReason.Answer);
        await DaysPassAsync(400);
        await flows.RunAsync((RecordsDb db) => EnqueueAsync(db));
        Assert.Equal(1, await StuckAsync());
    }

    [Fact]
    public async Task Whoever_lost_the_claim_tells_of_the_loss_but_changes_nothing()
    {
        var late = (await flows.ClaimAsync(WorkKinds.Render))!;
        await Clock.PassAsync(flows);
        var mine = (await flows.ClaimAsync(WorkKinds.Render))!;
        await flows.RunAsync((WorkQueue queue) => DoneAsync(queue.LoseAsync(late, LossReason.Died, CancellationToken.None)));

        Assert.Equal(0, await flows.CountAsync("select count(*) from work where losses > 0"));
        Assert.Equal(1, await flows.CountAsync("select count(*) from audit_entries where event = 'decoder.lost'"));
        await flows.DoAsync(mine);
    }

    [Fact]
    public async Task Work_that_five_workers_in_a_row_died_with_is_set_aside_for_a_day()
    {
        for (var round = 0; round < WorkQueue.CrashesBeforeStuck; round++)
        {
            Assert.NotNull(await flows.ClaimAsync(WorkKinds.Render));
            await Clock.PassAsync(flows);
        }
        Assert.Null(await flows.ClaimAsync(WorkKinds.Render));
        await TurnAsync();
        Assert.Equal(1, await flows.CountAsync("select count(*) from work where stuck_at is not null and last_error like '%workers in a row died%'"));

        await DaysPassAsync(1);
        Assert.True(await flows.WorkAsync(WorkKinds.Render));
    }

    [Fact]
    public async Task A_worker_that_stops_in_order_leaves_no_mark()
    {
        for (var round = 0; round < 6; round++)
        {
            Assert.NotNull(await flows.ClaimAsync(WorkKinds.Render));
            await flows.RunAsync((WorkQueue queue) => DoneAsync(queue.ReleaseAllAsync("flows", CancellationToken.None)));
        }
        Assert.Equal(0, await flows.CountAsync("select count(*) from work where crashes > 0"));
        Assert.True(await flows.WorkAsync(WorkKinds.Render));
    }

    private async Task LoseAsync(LossReason reason)
    {
        await Clock.PassAsync(flows);
        var item = (await flows.ClaimAsync(WorkKinds.Render))!;
        await flows.RunAsync((WorkQueue queue) => DoneAsync(queue.LoseAsync(item, reason, CancellationToken.None)));
    }

    private async Task FailAsync(string error)
    {
        await Clock.PassAsync(flows);
        var item = (await flows.ClaimAsync(WorkKinds.Render))!;
        await flows.RunAsync((WorkQueue queue) => DoneAsync(queue.FailAsync(item, error, CancellationToken.None)));
    }

    private Task<long> StuckAsync() => flows.CountAsync("select count(*) from work where stuck_at is not null and subject = $1", photo);

    private async Task DaysPassAsync(int days)
    {
        await flows.CountAsync($"with passed as (update work set retry_at = retry_at - interval '{days} d' returning 1) select count(*) from passed");
        await TurnAsync();
    }

    private Task TurnAsync() => flows.RunAsync((WorkQueue queue) => queue.TurnAsync(CancellationToken.None));

    private async Task<bool> EnqueueAsync(RecordsDb db)
    {
        await WorkQueue.EnqueueAsync(db, school.Id, WorkKinds.Render, photo, CancellationToken.None);
        return true;
    }

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }
}
