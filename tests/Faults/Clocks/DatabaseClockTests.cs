using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Clocks;

/// <summary>The clock of the database itself is moved, while it runs or while it is stopped (I26).</summary>
public sealed class DatabaseClockTests : IAsyncLifetime
{
    private MovedClock clock = null!;
    private TestSchool school = null!;
    private Guid activity;

    public async Task InitializeAsync()
    {
        clock = await MovedClock.StartAsync();
        school = await clock.Api.SchoolAsync();
        activity = await school.ActivityAsync();
        Assert.Null(await clock.NoteAsync());
    }

    public async Task DisposeAsync() => await clock.DisposeAsync();

    [Fact]
    public async Task Fault50b_two_years_forward_stop_every_deletion_by_date_until_two_people_agree()
    {
        var kept = await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        var untagged = await school.UploadAsync(activity);
        var wronglyTagged = await school.UploadAsync(activity);
        await school.LinkAsync(wronglyTagged, await school.PupilAsync());

        clock.Move("+740d");
        Assert.InRange((await clock.NoteAsync())!.Value.TotalDays, 739.9, 740.1);
        Assert.Null(await clock.NoteAsync());
        // Another one, who has just been started, learns of the same jump and of no second one.
        Assert.Null(await clock.NoteAsync("n2"));

        Assert.Equal(0, await SweepAsync());
        Assert.Equal(1, await NightsAsync());
        var (state, why, due) = await LastRunAsync();
        Assert.Equal(("stopped", "clock", 3L), (state, why, due));
        Assert.Equal(0L, await CountAsync("select count(*) from removals"));
        foreach (var photo in new[] { kept, untagged, wronglyTagged })
            (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.Contains("clock.jumped", await clock.Records.EventsAsync(school.Id));

        // What nothing waits for goes on: a no and an erasure are no deletions by date.
        (await (await school.OfficeAsync()).PostAsync($"photos/{untagged}/erasure", new { reason = "asked for" })).Must(202, 410);

        var (ict, head) = (await school.IctAsync(), await school.HeadAsync());
        var run = await clock.Records.ScalarAsync<Guid>("select id from purges where state = 'stopped'");
        Assert.Equal("clock", (await head.GetAsync($"purges/{run}")).Must(200).Json.GetProperty("stoppedBy").GetString());
        (await ict.PostAsync($"purges/{run}/approval")).Must(202);
        (await ict.PostAsync($"purges/{run}/approval")).MustRefuse(409, "second-person-needed");
        Assert.Equal(0, await SweepAsync());
        (await head.PostAsync($"purges/{run}/approval")).Must(200);
        Assert.Equal(RemovalOutcome.Done, await clock.Records.CarryOutAsync(kept));
        // From now on this is the time.
        Assert.Equal(1L, await CountAsync("select count(*) from clock_jumps where ending = 'confirmed'"));
        Assert.Null(await clock.NoteAsync());
        Assert.Null(await clock.NoteAsync("n2"));
    }

    [Fact]
    public async Task Fault50b_a_no_is_carried_out_whatever_the_clock_says()
    {
        var pupil = await school.ClearedPupilAsync();
        var photo = await school.ReadyPhotoAsync(activity, pupil);
        clock.Move("+40d");
        await clock.NoteAsync();
        await pupil.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        Assert.Equal(RemovalOutcome.Done, await clock.Records.CarryOutAsync(photo));
    }

    [Fact]
    public async Task Fault50b_put_right_again_the_pictures_are_there_and_the_night_runs()
    {
        var photo = await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        clock.Move("+740d");
        await clock.NoteAsync();
        Assert.Equal(1, await NightsAsync());
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");

        clock.Move("+0d");
        Assert.Null(await clock.NoteAsync());
        Assert.Equal(1L, await CountAsync("select count(*) from clock_jumps where ending = 'mended'"));
        Assert.Contains("clock.mended", await clock.Records.EventsAsync(school.Id));
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).Must(200);
        // The run that was stopped then may be let go on; it finds nothing due.
        var run = await clock.Records.ScalarAsync<Guid>("select id from purges where state = 'stopped'");
        (await (await school.IctAsync()).PostAsync($"purges/{run}/approval")).Must(202);
        (await (await school.HeadAsync()).PostAsync($"purges/{run}/approval")).Must(200);
        Assert.Equal(0L, await CountAsync("select count(*) from removals"));
    }

    [Fact]
    public async Task Fault50b_a_day_back_shows_nothing_again_and_destroys_nothing()
    {
        var pupil = await school.ClearedPupilAsync();
        var photo = await school.ReadyPhotoAsync(activity, pupil);
        var young = await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        await clock.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 hour' where id = $1", photo);
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");

        clock.Move("-1d");
        // Before anybody has noted it, too.
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.InRange((await clock.NoteAsync())!.Value.TotalHours, -24.1, -23.9);
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        (await (await school.TeacherAsync()).GetAsync($"photos/{young}")).Must(200);
        var run = (await (await school.IctAsync()).PostAsync("purges", new { dryRun = false })).Must(202).Json;
        Assert.Equal(("stopped", "clock"), (run.GetProperty("state").GetString(), run.GetProperty("stoppedBy").GetString()));

        // People can still sign in and answer, and a no is newer than every yes before it.
        await pupil.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        Assert.Equal("guardian-no", await pupil.StandingAsync(Channel.Internal));
        Assert.True(await CountAsync("select count(*) from work where kind = 'remove' and due_at <= now()") > 0);
    }

    [Fact]
    public async Task What_passed_while_everything_was_stopped_is_no_jump_and_the_missed_night_runs_at_once()
    {
        var photo = await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        await clock.RestartAsync("+740d");
        Assert.Equal(1, await NightsAsync());
        Assert.Null(await clock.NoteAsync());
        Assert.Equal("running", (await LastRunAsync()).State);
        Assert.Equal(RemovalOutcome.Done, await clock.Records.CarryOutAsync(photo));
    }

    [Fact]
    public async Task A_database_that_ran_on_while_no_worker_lived_is_asked_about()
    {
        await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        clock.Forget();
        clock.Move("+740d");
        // No worker has noted it: the run itself does.
        Assert.Equal(1, await NightsAsync());
        Assert.Equal(("stopped", "clock"), ((await LastRunAsync()).State, (await LastRunAsync()).Why));
    }

    [Fact]
    public async Task The_first_note_of_all_believes_the_clock_however_long_the_machine_has_been_up()
    {
        clock.Forget();
        await clock.Records.ExecuteAsync("delete from clock");
        Assert.Null(await clock.NoteAsync("n1", new("somewhere", TimeSpan.FromDays(400).TotalSeconds)));
    }

    [Fact]
    public async Task The_same_machine_can_tell_that_its_workers_were_stopped_for_three_weeks()
    {
        clock.Forget();
        var up = Uptime.Read();
        clock.Move("+21d");
        Assert.Null(await clock.NoteAsync("n1", up with { Seconds = up.Seconds + TimeSpan.FromDays(21).TotalSeconds }));
    }

    [Fact]
    public async Task A_jump_stands_when_everything_is_started_anew()
    {
        await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        clock.Move("+740d");
        Assert.NotNull(await clock.NoteAsync());
        await clock.RestartAsync("+740d");
        Assert.Null(await clock.NoteAsync());
        Assert.Equal(1, await NightsAsync());
        Assert.Equal("stopped", (await LastRunAsync()).State);
        await clock.RestartAsync("+0d");
        Assert.Null(await clock.NoteAsync());
        Assert.Equal(1L, await CountAsync("select count(*) from clock_jumps where ending = 'mended'"));
    }

    [Fact]
    public async Task Set_back_while_everything_was_stopped_what_was_over_stays_over()
    {
        var photo = await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        await clock.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 hour' where id = $1", photo);
        await clock.RestartAsync("-1d");
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.NotNull(await clock.NoteAsync());
    }

    [Fact]
    public async Task Who_agreed_to_a_run_by_one_clock_has_not_agreed_by_another()
    {
        await school.ReadyPhotoAsync(activity, await school.ClearedPupilAsync());
        await clock.Records.ExecuteAsync("update policy_switches set brake_photos = 0, brake_percent = 0");
        await clock.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 second'");
        var run = (await (await school.IctAsync()).PostAsync("purges", new { dryRun = false })).Must(202);
        Assert.Equal("count", run.Json.GetProperty("stoppedBy").GetString());
        (await (await school.IctAsync()).PostAsync($"purges/{run.Id}/approval")).Must(202);
        clock.Move("+740d");
        (await (await school.HeadAsync()).PostAsync($"purges/{run.Id}/approval")).MustRefuse(409, "clock-in-doubt");
        Assert.Equal(0L, await CountAsync("select count(*) from removals"));
    }

    [Fact]
    public async Task Each_school_confirms_for_itself_and_the_last_one_ends_the_doubt()
    {
        var other = await clock.Api.SchoolAsync();
        clock.Move("+3d");
        await clock.NoteAsync();
        await ConfirmAsync(school);
        Assert.Equal(1L, await CountAsync("select count(*) from clock_jumps where ended_at is null"));
        Assert.Equal("done", await RunAsync(school));
        Assert.Equal("stopped", await RunAsync(other));
        await ConfirmAsync(other);
        Assert.Equal(0L, await CountAsync("select count(*) from clock_jumps where ended_at is null"));
    }

    private static async Task<string> RunAsync(TestSchool of) =>
        (await (await of.IctAsync()).PostAsync("purges", new { dryRun = false })).Must(202).Json.GetProperty("state").GetString()!;

    private static async Task ConfirmAsync(TestSchool of)
    {
        var run = (await (await of.IctAsync()).PostAsync("purges", new { dryRun = false })).Must(202).Id;
        (await (await of.IctAsync()).PostAsync($"purges/{run}/approval")).Must(202);
        (await (await of.HeadAsync()).PostAsync($"purges/{run}/approval")).Must(200);
    }

    private Task<int> SweepAsync() => clock.Records.RunAsync<RemovalSweep, int>(sweep => sweep.FollowAsync(school.Id, copiesToo: true, CancellationToken.None));

    private Task<int> NightsAsync() => clock.Records.RunAsync<PurgeNights, int>(nights => nights.StartAsync(TimeSpan.Zero, CancellationToken.None));

    private Task<long> CountAsync(string sql) => clock.Records.ScalarAsync<long>(sql);

    private async Task<(string State, string? Why, long Due)> LastRunAsync()
    {
        var run = await clock.Records.ScalarAsync<string[]>("select array[state, coalesce(stopped_by, ''), due::text] from purges order by started_at desc limit 1");
        return (run[0], run[1], long.Parse(run[2], System.Globalization.CultureInfo.InvariantCulture));
    }
}
