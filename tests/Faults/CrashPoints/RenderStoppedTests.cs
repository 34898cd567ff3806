using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>One finished object of each kind, rendered once with effect.</summary>
public sealed class RenderStoppedTests(ITestOutputHelper output) : StoppedFlow
{
    [Fact]
    public Task Render_stopped_by_faults() => Run().ByFaultsAsync(Api.Records.Settings, Clean, output);

    [Fact]
    public Task Fault12_Render_killed() => Run().ByKillsAsync(Api.Records.Settings, Clean, output, 6);

    private CrashRun Run() => new(
        "render",
        async () => [(await School.UploadAsync(Activity, TestPhotos.Picture(64, 48))).ToString()],
        (flows, told) => RunAsync("render", flows, told),
        async told =>
        {
            var photo = Guid.Parse(told[0]);
            Assert.Equal(3, await Clean.CountAsync("select count(*) from objects where photo_id = $1", photo));
            Assert.Equal(1, await Clean.CountAsync("select count(*) from audit_entries where event = 'photo.rendered' and photo_id = $1", photo));
            await Books.MustOpenAsync(Clean, photo);
        });
}
