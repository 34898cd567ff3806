using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>One photo of its own, rendered, and nothing of the attempts before.</summary>
public sealed class RedactStoppedTests(ITestOutputHelper output) : StoppedFlow
{
    [Fact]
    public Task Redact_stopped_by_faults() => Run().ByFaultsAsync(Api.Records.Settings, Clean, output);

    [Fact]
    public Task Fault12_Redact_killed() => Run().ByKillsAsync(Api.Records.Settings, Clean, output, 6);

    private CrashRun Run() => new(
        "redact",
        async () =>
        {
            var photo = await School.UploadAsync(Activity, TestPhotos.Picture(64, 48));
            Assert.True(await Clean.WorkAsync(WorkKinds.Render));
            return [(await (await School.TeacherAsync()).PostAsync($"photos/{photo}/redactions?wait=0", new
            {
                boxes = new[] { new { left = 0.1, top = 0.1, width = 0.2, height = 0.2 } },
                fill = "solid",
            })).Must(202).Id.ToString()];
        },
        (flows, told) => RunAsync("redact", flows, told),
        async told =>
        {
            var photo = Guid.Parse(told[0]);
            Assert.Equal(3, await Clean.CountAsync("select count(*) from objects where photo_id = $1", photo));
            Assert.Equal(1, await Clean.CountAsync("select count(*) from audit_entries where event = 'photo.redacted' and photo_id = $1", photo));
            await Books.MustOpenAsync(Clean, photo);
        });
}
