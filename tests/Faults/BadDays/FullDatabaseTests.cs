using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;
using PhotoGuard.Tests.Records.Blobs;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>The disk of the database's log full, under running api and workers.</summary>
public sealed class FullDatabaseTests
{
    [TinyDiskFact]
    public async Task Fault4_With_no_room_for_the_log_nothing_is_served_and_everything_goes_on_when_there_is()
    {
        using var disk = new TinyDisk(160);
        await using var cluster = await TestCluster.StartAsync(log: Path.Combine(disk.Path, "log"));
        var api = await TestApi.OverAsync(await TestRecords.CreateAsync(cluster: cluster));
        try
        {
            var school = await api.SchoolAsync();
            var (activity, head, teacher) = (await school.ActivityAsync(), await school.HeadAsync(), await school.TeacherAsync());
            var (kept, erased, acknowledged) = (Guid.Empty, Guid.Empty, new List<Guid>());
            await using (await TestWorkers.StartAsync(api.Records.Settings))
            {
                (kept, erased) = (await school.UploadAsync(activity, TestPhotos.Picture(64, 48)), await school.UploadAsync(activity, TestPhotos.Picture(64, 48)));
                foreach (var photo in new[] { kept, erased })
                    await Eventually.IsAsync("the renditions", async () => (await head.GetAsync($"photos/{photo}/renditions/web")).Status == 200);

                await Eventually.IsAsync("the server gives up", async () =>
                {
                    disk.Fill();
                    var reply = (await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48))).Must(201, 503, 507);
                    if (reply.Status == 201) acknowledged.Add(reply.Id);
                    return reply.Status == 503;
                });
                // What cannot be authorised and written down is not shown, and nobody is told that it was done.
                for (var nth = 0; nth < 10; nth++)
                {
                    (await head.GetAsync($"photos/{kept}/renditions/web")).MustRefuse(503, "try-again");
                    (await head.PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(503, 507);
                }

                disk.Free();
                await Eventually.IsAsync("it is shown again", async () =>
                {
                    await cluster.TendAsync();
                    return (await head.GetAsync($"photos/{kept}/renditions/web")).Status == 200;
                });
                await Eventually.IsAsync("the erasure", async () => (await head.PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Status == 202);
                await Eventually.IsAsync("its certificate", async () => (await head.GetAsync($"photos/{erased}/certificate")).Status == 200);
                acknowledged.Add((await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48))).Must(201).Id);
            }
            await using var look = PhotoFlows.Over(api.Records.Settings);
            await look.RecoverAsync();
            await Books.MustBalanceAsync(look);
            foreach (var photo in acknowledged.Append(kept)) await Books.MustOpenAsync(look, photo);
        }
        finally
        {
            await api.DisposeAsync();
        }
    }
}
