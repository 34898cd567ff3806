using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>A rendered photo and one that is not, in one batch: no object, no key, one tombstone, one certificate, each told once.</summary>
public sealed class RemoveStoppedTests(ITestOutputHelper output) : StoppedFlow
{
    [Fact]
    public Task Fault12_Remove_a_batch_stopped_by_faults() => Run().ByFaultsAsync(Api.Records.Settings, Clean, output);

    [Fact]
    public Task Fault12_Remove_a_batch_killed() => Run().ByKillsAsync(Api.Records.Settings, Clean, output, 8);

    private CrashRun Run() => new(
        "remove",
        async () =>
        {
            var rendered = await School.UploadAsync(Activity, TestPhotos.Picture(64, 48));
            Assert.True(await Clean.WorkAsync(WorkKinds.Render));
            var received = await School.UploadAsync(Activity, TestPhotos.Picture(64, 48));
            foreach (var photo in new[] { rendered, received })
                (await (await School.HeadAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
            return [rendered.ToString(), received.ToString()];
        },
        (flows, told) => RunAsync("remove", flows, told),
        async told =>
        {
            foreach (var (photo, objects) in new[] { (Guid.Parse(told[0]), 3), (Guid.Parse(told[1]), 1) })
            {
                foreach (var once in new[]
                {
                    "select count(*) from tombstones where photo_id = $1",
                    $"select count(*) from certificates where photo_id = $1 and objects_deleted = {objects}",
                    "select count(*) from removals where photo_id = $1 and done_at is not null",
                    "select count(*) from audit_entries where event = 'photo.tombstoned' and photo_id = $1",
                    "select count(*) from audit_entries where event = 'photo.destroyed' and photo_id = $1",
                }) Assert.True(await Clean.CountAsync(once, photo) == 1, once);
                Assert.Equal(0, await Clean.CountAsync("select count(*) from photos where id = $1", photo));
            }
        });
}
