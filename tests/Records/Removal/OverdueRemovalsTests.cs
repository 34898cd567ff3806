using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Records.Removal;

/// <summary>A removal past its deadline is told of once a day until it has ended, and is red where somebody can do something about it.</summary>
public sealed class OverdueRemovalsTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private TestSchool school = null!;
    private Guid activity;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        school = await api.SchoolAsync();
        activity = await school.ActivityAsync(channels: [Channel.Website]);
    }

    public Task DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task Each_removal_is_told_of_once_a_day_and_not_after_its_end()
    {
        var (late, inTime) = (await ErasedAsync(), await ErasedAsync());
        Assert.Equal(0, await TellAsync());
        await WaitedAsync(late, "16 minutes");
        await WaitedAsync(inTime, "14 minutes");
        Assert.Equal(1, await TellAsync());
        Assert.Equal(0, await TellAsync());
        await WaitedAsync(late, "24 hours");
        Assert.Equal(0, await TellAsync());
        await WaitedAsync(late, "24 hours 16 minutes");
        Assert.Equal(1, await TellAsync());
        // Nobody was there to tell for five days: told once, of the last.
        await WaitedAsync(late, "6 days 16 minutes");
        Assert.Equal(1, await TellAsync());
        Assert.Equal(0, await TellAsync());
        var days = await api.Records.ScalarAsync<string>(
            "select string_agg(details ->> 'days', ' ' order by id) from audit_entries where event = 'removal.overdue' and photo_id = $1 and actor_kind = 'system'", late);
        Assert.Equal("1 2 7", days);

        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(late));
        await WaitedAsync(late, "9 days");
        Assert.Equal(0, await TellAsync());
    }

    [Fact]
    public async Task Head_and_ict_see_it_in_red_and_the_list_says_since_when()
    {
        var photo = await ErasedAsync();
        using var head = await school.VisitAsync(Role.Head);
        using var ict = await school.VisitAsync(Role.Ict);
        Assert.DoesNotContain("deadline", Red(await ict.GetAsync("/operations")), StringComparison.Ordinal);
        await WaitedAsync(photo, "3 days");
        Assert.Contains("1 removal is past the deadline.", Red(await ict.GetAsync("/operations")), StringComparison.Ordinal);
        (await ict.GetAsync("/operations")).MustSay("Erasure was asked for");
        Assert.Contains("1 copy of our own should have been destroyed by now.", Red(await head.GetAsync("/removals")), StringComparison.Ordinal);
        (await head.GetAsync("/removals")).MustSay("Overdue for 2 days");
        var row = Assert.Single((await (await school.HeadAsync()).GetAsync("removals?state=open")).Must(200).Items);
        Assert.True(row.GetProperty("overdue").GetBoolean());
        Assert.Equal(row.GetProperty("notBefore").GetDateTimeOffset().AddMinutes(15), row.GetProperty("deadline").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_copy_outside_has_a_day_and_is_overdue_too()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        await school.LinkAsync(photo, await school.ClearedPupilAsync(Channel.Website));
        await school.AcceptAsync(photo);
        (await (await school.EditorAsync()).PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page", url = "https://school.example/" })).Must(201);
        (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        await api.Records.CarryOutAsync(photo);
        await WaitedAsync(photo, "23 hours");
        Assert.Equal(0, await TellAsync());
        await WaitedAsync(photo, "25 hours");
        Assert.Equal(1, await TellAsync());
        using var editor = await school.VisitAsync(Role.Editor);
        Assert.Contains("1 copy outside is past the deadline.", Red(await editor.GetAsync("/removals")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_held_is_not_late_and_a_clock_in_doubt_tells_nothing()
    {
        var (held, photo) = (await ErasedAsync(), await ErasedAsync());
        await api.Records.ExecuteAsync(
            "insert into holds (id, school_id, photo_id, reason, placed_by, review_on) select gen_random_uuid(), school_id, id, '\\x00', $2, current_date + 9 from photos where id = $1",
            held, (await school.SafeguardingAsync()).Id);
        await WaitedAsync(held, "1 day");
        Assert.Equal(0, await TellAsync());
        await WaitedAsync(photo, "1 day");
        await api.Records.ExecuteAsync("insert into clock_jumps (noticed_by, from_at, to_at) values ('n1', now() - interval '2 days', now())");
        Assert.Equal(0, await TellAsync());
        await api.Records.ExecuteAsync("update clock_jumps set ended_at = now(), ending = 'mended'");
        Assert.Equal(1, await TellAsync());
    }

    private async Task<Guid> ErasedAsync()
    {
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        return photo;
    }

    /// <summary>Its removal waits since then.</summary>
    private Task<int> WaitedAsync(Guid photo, string ago) =>
        api.Records.ExecuteAsync($"update removals set not_before = now() - interval '{ago}', opened_at = now() - interval '{ago}' where photo_id = $1 and done_at is null", photo);

    private Task<int> TellAsync() => api.Records.RunAsync<OverdueRemovals, int>(it => it.TellAsync(CancellationToken.None));

    private static string Red(PageSeen page) =>
        string.Join(' ', page.Must(200).Document.QuerySelectorAll("main .note.refused").Select(note => note.TextContent));
}
