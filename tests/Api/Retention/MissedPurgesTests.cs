using Npgsql;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Retention;

/// <summary>A night without a purge is noticed and made up for, whatever becomes of the schedule.</summary>
public sealed class MissedPurgesTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private TestSchool school = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        school = await api.SchoolAsync();
    }

    public Task DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task Fault22_twenty_six_hours_without_a_run_are_told_once_and_are_red()
    {
        await OldAsync("25 hours");
        Assert.Empty(await TellAsync());
        await OldAsync("27 hours");
        Assert.Equal(school.Id, Assert.Single(await TellAsync()).School);
        Assert.Empty(await TellAsync());
        Assert.Single(await api.Records.EventsAsync(school.Id), "purge.missed");
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.GetAsync("/operations")).Must(200).MustSay("No deletion run since");

        // Had one again, and missed the next one: told again.
        Assert.Equal(1, await StartAsync(TimeSpan.Zero));
        Assert.Empty(await TellAsync());
        Assert.DoesNotContain("No deletion run since", (await ict.GetAsync("/operations")).Words, StringComparison.Ordinal);
        await api.Records.ExecuteAsync("update purges set started_at = now() - interval '27 hours'");
        await api.Records.ExecuteAsync("alter table audit_entries disable trigger audit_entries_append_only");
        await api.Records.ExecuteAsync("update audit_entries set at = at - interval '30 hours' where event = 'purge.missed'");
        Assert.Single(await TellAsync());
    }

    [Fact]
    public async Task Fault22_a_count_is_no_run()
    {
        await OldAsync("27 hours");
        (await (await school.IctAsync()).PostAsync("purges", new { dryRun = true })).Must(202);
        Assert.Single(await TellAsync());
    }

    [Fact]
    public async Task Fault22_the_watchman_waits_an_hour_for_the_schedule_and_a_night_is_run_once()
    {
        await OldAsync("3 days");
        // However late it is now, the night of two days ago is long over.
        Assert.Equal(1, await StartAsync(TimeSpan.FromHours(1)));
        Assert.Equal(0, await StartAsync(TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Fault22_with_the_schedules_lock_held_by_the_dead_the_run_starts_all_the_same()
    {
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await using (await TestWorkers.StartAsync(api.Records.Settings))
            await Eventually.IsAsync("the schedule is there", async () => await api.Records.ScalarAsync<bool>("select to_regclass('qrtz_locks') is not null and exists (select from qrtz_triggers)"));
        await OldAsync("3 days");
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 hour'");
        // A node that died in the middle of a firing, and whose connection nobody has noticed to be gone.
        await using var dead = new NpgsqlConnection(api.Records.Settings.Database);
        await dead.OpenAsync();
        await using var transaction = await dead.BeginTransactionAsync();
        await using (var take = new NpgsqlCommand("lock table qrtz_locks, qrtz_triggers in access exclusive mode", dead)) await take.ExecuteNonQueryAsync();
        // Its schedule waits for that lock for ever, and so does its start.
        var starting = TestWorkers.StartAsync(api.Records.Settings);
        await Eventually.IsAsync("destroyed", async () => (await (await school.HeadAsync()).GetAsync($"photos/{photo}/certificate")).Status == 200);
        Assert.False(starting.IsCompleted);
        await transaction.RollbackAsync();
        await (await starting).DisposeAsync();
    }

    /// <summary>The school was made, and had its last run, so long ago.</summary>
    private async Task OldAsync(string ago)
    {
        await api.Records.ExecuteAsync($"update schools set created_at = now() - interval '{ago}'");
        await api.Records.ExecuteAsync($"update purges set started_at = now() - interval '{ago}'");
    }

    private Task<int> StartAsync(TimeSpan late) => api.Records.RunAsync<PurgeNights, int>(nights => nights.StartAsync(late, CancellationToken.None));

    private Task<IReadOnlyList<MissedPurge>> TellAsync() => api.Records.RunAsync<PurgeNights, IReadOnlyList<MissedPurge>>(nights => nights.TellAsync(CancellationToken.None));
}
