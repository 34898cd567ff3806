using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>Acknowledged or not: sent again it is there once, whole.</summary>
public sealed class ReceiveStoppedTests(ITestOutputHelper output) : StoppedFlow
{
    [Fact]
    public Task Receive_stopped_by_faults() => Run().ByFaultsAsync(Api.Records.Settings, Clean, output);

    [Fact]
    public Task Fault12_Receive_killed() => Run().ByKillsAsync(Api.Records.Settings, Clean, output, 6);

    private CrashRun Run() => new(
        "receive",
        async () =>
        {
            var file = Path.Combine(Api.Records.Settings.Data, $"{Guid.NewGuid():N}.jpg");
            await File.WriteAllBytesAsync(file, TestPhotos.Picture(64, 48));
            return [await School.TokenAsync(Role.Teacher), Activity.ToString(), file];
        },
        (flows, told) => RunAsync("receive", flows, told),
        async told =>
        {
            Guid photo;
            try
            {
                photo = await Clean.ReceiveAsync(told[0], Guid.Parse(told[1]), await File.ReadAllBytesAsync(told[2]));
            }
            catch (Refusal known) when (known.Type == "duplicate")
            {
                photo = (Guid)known.Members!["existing"]!;
            }
            await Clean.RecoverAsync();
            Assert.Equal(3, await Clean.CountAsync("select count(*) from objects where photo_id = $1", photo));
            await Books.MustOpenAsync(Clean, photo);
            await Assert.ThrowsAsync<Refusal>(async () =>
                await Clean.ReceiveAsync(told[0], Guid.Parse(told[1]), await File.ReadAllBytesAsync(told[2])));
        });
}
