using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Records.Blobs;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>The blob folder unwritable or full for a while, under running api and workers.</summary>
public sealed class BadBlobFolderTests
{
    [TinyDiskFact]
    public async Task Unwritable_for_a_while_uploads_are_refused_and_a_removal_ends_afterwards()
    {
        using var disk = new TinyDisk();
        await RunAsync(disk, async (school, activity, look) =>
        {
            var (head, teacher) = (await school.HeadAsync(), await school.TeacherAsync());
            var (kept, erased) = (await RenderedAsync(school, activity, look), await RenderedAsync(school, activity, look));
            var picture = TestPhotos.Picture(64, 48);
            await Eventually.IsAsync("nobody writes", () => Task.FromResult(Done(disk.MakeReadOnly)));

            (await teacher.PostBytesAsync($"photos?activity={activity}", picture)).MustRefuse(503, "store-unavailable");
            (await head.PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(202);
            (await head.GetAsync($"photos/{erased}/renditions/web")).MustRefuse(410, "gone");
            (await head.GetAsync($"photos/{kept}/renditions/web")).Must(200);
            await Eventually.IsAsync("the removal says that it cannot", async () =>
                await look.CountAsync("select count(*) from removals where attempts > 1 and last_error is not null") == 1);
            (await head.GetAsync($"photos/{erased}/certificate")).MustRefuse(404, "no-certificate");

            disk.MakeWritable();
            await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{erased}/certificate")).Status == 200);
            (await teacher.PostBytesAsync($"photos?activity={activity}", picture)).Must(201);
        });
    }

    [TinyDiskFact]
    public async Task Fault34_Full_for_a_while_uploads_are_refused_and_a_removal_needs_no_room()
    {
        using var disk = new TinyDisk();
        await RunAsync(disk, async (school, activity, look) =>
        {
            var (head, teacher) = (await school.HeadAsync(), await school.TeacherAsync());
            var erased = await RenderedAsync(school, activity, look);
            var picture = TestPhotos.Picture(64, 48);
            disk.Fill();

            (await teacher.PostBytesAsync($"photos?activity={activity}", picture)).MustRefuse(507, "store-full");
            (await head.PostAsync($"photos/{erased}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{erased}/certificate")).Status == 200);

            disk.Free();
            (await teacher.PostBytesAsync($"photos?activity={activity}", picture)).Must(201);
        });
    }

    private static async Task RunAsync(TinyDisk disk, Func<TestSchool, Guid, PhotoFlows, Task> day)
    {
        var api = await TestApi.OverAsync(await TestRecords.CreateAsync(blobs: Path.Combine(disk.Path, "blobs")));
        try
        {
            var school = await api.SchoolAsync();
            await using var look = PhotoFlows.Over(api.Records.Settings);
            await using (await TestWorkers.StartAsync(api.Records.Settings)) await day(school, await school.ActivityAsync(), look);
            await look.RecoverAsync();
            await Books.MustBalanceAsync(look);
        }
        finally
        {
            await api.DisposeAsync();
        }
    }

    private static async Task<Guid> RenderedAsync(TestSchool school, Guid activity, PhotoFlows look)
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        await Eventually.IsAsync("the renditions", async () =>
            await look.CountAsync("select count(*) from objects where photo_id = $1 and stored_at is not null", photo) == 3);
        return photo;
    }

    private static bool Done(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
