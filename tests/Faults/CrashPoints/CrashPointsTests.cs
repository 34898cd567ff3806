using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.CrashPoints;

/// <summary>Receive, render, redact and remove, stopped at every point where they reach out; recovered by the sweeps; the same end.</summary>
public sealed class CrashPointsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TestApi api = new();
    private TestSchool school = null!;
    private PhotoFlows clean = null!;
    private Guid activity;

    [Fact]
    public Task Receive_stopped_by_faults() => Receive().ByFaultsAsync(api.Records.Settings, clean, output);

    [Fact]
    public Task Fault12_Receive_killed() => Receive().ByKillsAsync(api.Records.Settings, clean, output, 6);

    [Fact]
    public Task Render_stopped_by_faults() => Render().ByFaultsAsync(api.Records.Settings, clean, output);

    [Fact]
    public Task Fault12_Render_killed() => Render().ByKillsAsync(api.Records.Settings, clean, output, 6);

    [Fact]
    public Task Redact_stopped_by_faults() => Redact().ByFaultsAsync(api.Records.Settings, clean, output);

    [Fact]
    public Task Fault12_Redact_killed() => Redact().ByKillsAsync(api.Records.Settings, clean, output, 6);

    [Fact]
    public Task Fault12_Remove_a_batch_stopped_by_faults() => Remove().ByFaultsAsync(api.Records.Settings, clean, output);

    [Fact]
    public Task Fault12_Remove_a_batch_killed() => Remove().ByKillsAsync(api.Records.Settings, clean, output, 8);

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        clean = PhotoFlows.Over(api.Records.Settings);
        school = await api.SchoolAsync();
        activity = await school.ActivityAsync();
    }

    public async Task DisposeAsync()
    {
        await clean.DisposeAsync();
        await api.DisposeAsync();
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

    /// <summary>Acknowledged or not: sent again it is there once, whole.</summary>
    private CrashRun Receive() => new(
        "receive",
        async () =>
        {
            var file = Path.Combine(api.Records.Settings.Data, $"{Guid.NewGuid():N}.jpg");
            await File.WriteAllBytesAsync(file, TestPhotos.Picture(64, 48));
            return [await school.TokenAsync(Role.Teacher), activity.ToString(), file];
        },
        (flows, told) => RunAsync("receive", flows, told),
        async told =>
        {
            Guid photo;
            try
            {
                photo = await clean.ReceiveAsync(told[0], Guid.Parse(told[1]), await File.ReadAllBytesAsync(told[2]));
            }
            catch (Refusal known) when (known.Type == "duplicate")
            {
                photo = (Guid)known.Members!["existing"]!;
            }
            await clean.RecoverAsync();
            Assert.Equal(3, await clean.CountAsync("select count(*) from objects where photo_id = $1", photo));
            await Books.MustOpenAsync(clean, photo);
            await Assert.ThrowsAsync<Refusal>(async () =>
                await clean.ReceiveAsync(told[0], Guid.Parse(told[1]), await File.ReadAllBytesAsync(told[2])));
        });

    /// <summary>One finished object of each kind, rendered once with effect.</summary>
    private CrashRun Render() => new(
        "render",
        async () => [(await school.UploadAsync(activity, TestPhotos.Picture(64, 48))).ToString()],
        (flows, told) => RunAsync("render", flows, told),
        async told =>
        {
            var photo = Guid.Parse(told[0]);
            Assert.Equal(3, await clean.CountAsync("select count(*) from objects where photo_id = $1", photo));
            Assert.Equal(1, await clean.CountAsync("select count(*) from audit_entries where event = 'photo.rendered' and photo_id = $1", photo));
            await Books.MustOpenAsync(clean, photo);
        });

    /// <summary>One photo of its own, rendered, and nothing of the attempts before.</summary>
    private CrashRun Redact() => new(
        "redact",
        async () =>
        {
            var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            Assert.True(await clean.WorkAsync(WorkKinds.Render));
            return [(await (await school.TeacherAsync()).PostAsync($"photos/{photo}/redactions?wait=0", new
            {
                boxes = new[] { new { left = 0.1, top = 0.1, width = 0.2, height = 0.2 } },
                fill = "solid",
            })).Must(202).Id.ToString()];
        },
        (flows, told) => RunAsync("redact", flows, told),
        async told =>
        {
            var photo = Guid.Parse(told[0]);
            Assert.Equal(3, await clean.CountAsync("select count(*) from objects where photo_id = $1", photo));
            Assert.Equal(1, await clean.CountAsync("select count(*) from audit_entries where event = 'photo.redacted' and photo_id = $1", photo));
            await Books.MustOpenAsync(clean, photo);
        });

    /// <summary>A rendered photo and one that is not, in one batch: no object, no key, one tombstone, one certificate, each told once.</summary>
    private CrashRun Remove() => new(
        "remove",
        async () =>
        {
            var rendered = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            Assert.True(await clean.WorkAsync(WorkKinds.Render));
            var received = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            foreach (var photo in new[] { rendered, received })
                (await (await school.HeadAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
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
                }) Assert.True(await clean.CountAsync(once, photo) == 1, once);
                Assert.Equal(0, await clean.CountAsync("select count(*) from photos where id = $1", photo));
            }
        });
}
