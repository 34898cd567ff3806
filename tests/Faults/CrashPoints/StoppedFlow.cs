using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>A flow of a photo's life, stopped at every point where it reaches out; recovered by the sweeps; the same end.</summary>
public abstract class StoppedFlow : IAsyncLifetime
{
    private protected TestApi Api { get; } = new();
    private protected TestSchool School { get; private set; } = null!;
    private protected Guid Activity { get; private set; }

    /// <summary>A process to which nothing happens.</summary>
    private protected PhotoFlows Clean { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Api.InitializeAsync();
        Clean = PhotoFlows.Over(Api.Records.Settings);
        School = await Api.SchoolAsync();
        Activity = await School.ActivityAsync();
    }

    public async Task DisposeAsync()
    {
        await Clean.DisposeAsync();
        await Api.DisposeAsync();
    }

    /// <summary>The flow of that name, with what its preparation told.</summary>
    internal static async Task RunAsync(string flow, PhotoFlows flows, string[] told)
    {
        switch (flow)
        {
            case "receive":
                await flows.ReceiveAsync(told[0], Guid.Parse(told[1]), await File.ReadAllBytesAsync(told[2]));
                break;
            case "render":
                Assert.True(await flows.WorkAsync(WorkKinds.Render));
                break;
            case "redact":
                Assert.True(await flows.WorkAsync(WorkKinds.Redact));
                break;
            default:
                var batch = await flows.ClaimRemovalsAsync();
                Assert.Equal(told.Length, batch.Count);
                await flows.DoAsync(batch);
                break;
        }
    }
}
