using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>Law 5: losing every row of work loses nothing.</summary>
public sealed class LostWorkTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Fault21_With_every_work_row_lost_the_schedule_alone_brings_renditions_and_removals_to_their_end()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        await using var look = PhotoFlows.Over(api.Records.Settings);
        var kept = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        var erased = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        var head = await school.HeadAsync();
        (await head.PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(202);
        Assert.Equal(3, await look.CountAsync("with lost as (delete from work returning 1) select count(*) from lost"));

        await using (await TestWorkers.StartAsync(api.Records.Settings))
        {
            await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{erased}/certificate")).Status == 200);
            await Eventually.IsAsync("the renditions", async () => await look.CountAsync("select count(*) from objects where photo_id = $1 and stored_at is not null", kept) == 3);
        }
        await Books.MustBalanceAsync(look);
    }
}
