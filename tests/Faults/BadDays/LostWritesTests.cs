using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>A disk that keeps less than it was given: what was acknowledged had been made durable before, and a failure stays one.</summary>
public sealed class LostWritesTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private PhotoFlows look = null!;
    private TestSchool school = null!;
    private Guid activity;

    private string Root => Path.Combine(api.Records.Settings.Data, "blobs");

    private string Trace => Path.Combine(api.Records.Settings.Data, "trace");

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        look = PhotoFlows.Over(api.Records.Settings);
        school = await api.SchoolAsync();
        activity = await school.ActivityAsync();
    }

    public async Task DisposeAsync()
    {
        await look.DisposeAsync();
        await api.DisposeAsync();
    }

    /// <param name="nth">Which fsync of an upload does not happen: 1 is the picture's own, 2 that of its folder, 4 that of all folders.</param>
    /// <param name="kept">Whether the disk had kept what nobody had asked it to keep yet.</param>
    [BadSystemCallsTheory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(4, false)]
    public async Task Fault36_A_power_cut_before_an_fsync_loses_nothing_acknowledged_and_leaves_nothing_else(int nth, bool kept)
    {
        var (first, cut) = (TestPhotos.Picture(64, 48), TestPhotos.Picture(64, 48));
        Guid before;
        await using (var process = await ApiProcess.StartAsync(api.Records.Settings))
        {
            before = (await SendAsync(process, first)).Must(201).Id;
            await using var calls = await BadSystemCalls.OfAsync(process.Id, $"fsync:signal=KILL:when={nth}", Trace);
            await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(process, cut));
            await process.EndedAsync();
        }
        Assert.Contains(File.ReadLines(Trace), line => line.Contains("killed by SIGKILL", StringComparison.Ordinal));
        var left = Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Single(file => !file.Contains(before.ToString(), StringComparison.Ordinal));
        if (!kept)
        {
            // The content that was not synced, or the name that its folder was not.
            if (nth == 1) await File.WriteAllBytesAsync(left, []);
            else File.Move(left, Path.Combine(Root, ".tmp", Guid.NewGuid().ToString("N")));
        }

        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        Assert.Equal(1, await look.CountAsync("select count(*) from photos"));
        await Books.MustOpenAsync(look, before);
        await using var again = await ApiProcess.StartAsync(api.Records.Settings);
        await Books.MustOpenAsync(look, (await SendAsync(again, cut)).Must(201).Id);
        (await SendAsync(again, first)).MustRefuse(409, "duplicate");
    }

    [BadSystemCallsTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Fault37_An_fsync_that_fails_is_a_failure_and_none_that_follows_makes_it_a_success(int nth)
    {
        var pictures = Enumerable.Range(0, 3).Select(_ => TestPhotos.Picture(64, 48)).ToList();
        await using var process = await ApiProcess.StartAsync(api.Records.Settings);
        var before = (await SendAsync(process, TestPhotos.Picture(64, 48))).Must(201).Id;
        await using (var calls = await BadSystemCalls.OfAsync(process.Id, $"fsync:error=EIO:when={nth}", Trace))
        {
            foreach (var picture in pictures) (await SendAsync(process, picture)).MustRefuse(503, "store-unavailable");
            // Each of them met one; what cleans up behind it may have met another.
            Assert.InRange(calls.Injected.Count, pictures.Count, 2 * pictures.Count);
        }
        // What is not known to be durable is not left lying as if it were.
        Assert.Equal(1, await look.CountAsync("select count(*) from photos"));
        Assert.DoesNotContain(Directory.GetFiles(Root, "*", SearchOption.AllDirectories), file => !file.Contains(before.ToString(), StringComparison.Ordinal));
        foreach (var picture in pictures) await Books.MustOpenAsync(look, (await SendAsync(process, picture)).Must(201).Id);
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        Assert.Equal(4, await look.CountAsync("select count(*) from photos"));
    }

    private async Task<Reply> SendAsync(ApiProcess process, byte[] picture)
    {
        var teacher = await school.TeacherAsync();
        return await new Person(process.Address, teacher.Token, teacher.Id).PostBytesAsync($"photos?activity={activity}", picture);
    }
}
