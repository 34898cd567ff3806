using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.BadDays;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Clocks;

/// <summary>The clock of one node is wrong, the database's is right: nothing is decided by a node's clock.</summary>
public sealed class NodeClockTests(TestApi api) : IClassFixture<TestApi>
{
    [Theory]
    [InlineData("+740d")]
    [InlineData("-1d")]
    public async Task Fault50_one_node_with_a_wrong_clock_destroys_nothing_and_brings_nothing_back(string shift)
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var expired = await school.ClearedPupilAsync();
        await expired.AnswerAsync(Channel.Website, Answer.Given, expiresOn: TestSchool.Today);
        await api.Records.ExecuteAsync("""
            alter table consent_answers disable trigger user;
            update consent_answers set expires_on = current_date - 1 where expires_on is not null;
            alter table consent_answers enable trigger user
            """);
        var kept = await school.ReadyPhotoAsync(activity, pupil);
        var hidden = await school.ReadyPhotoAsync(activity, expired);
        var untagged = await school.UploadAsync(activity);
        var due = await school.ReadyPhotoAsync(activity, pupil);
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 hour' where id = $1", due);
        var erased = await school.UploadAsync(activity);
        var head = await school.HeadAsync();
        (await head.PostAsync($"photos/{erased}/erasure", new { reason = "asked for" })).Must(202);
        // Its sweeps have all been there once the one that finds this again has.
        await api.Records.ExecuteAsync("delete from work where kind = 'remove'");
        await AllDueAsync();

        await using (await WorkerProcess.StartAsync(api.Records.Settings, shift))
        {
            await Eventually.IsAsync("its sweep", async () => (await head.GetAsync($"photos/{erased}/certificate")).Status == 200);
            await Eventually.IsAsync("its renditions", async () => await CountAsync("select count(*) from objects where photo_id = $1 and stored_at is not null", kept) == 3);
            await Eventually.IsAsync("its note", async () => await CountAsync("select count(*) from clock where abs(extract(epoch from trusted_at - now())) < 60") == 1);
        }
        Assert.Equal(0L, await CountAsync("select count(*) from removals where photo_id <> $1 and school_id = $2", erased, school.Id));
        Assert.Equal(0L, await CountAsync("select count(*) from purges where school_id = $1", school.Id));
        Assert.Equal(0L, await CountAsync("select count(*) from clock_jumps"));
        foreach (var photo in new[] { kept, hidden, untagged }) (await head.GetAsync($"photos/{photo}")).Must(200);
        (await head.GetAsync($"photos/{due}")).MustRefuse(410, "gone");
        (await (await school.EditorAsync()).GetAsync($"channels/website/photos/{hidden}/web")).Must(404, 410);
        (await (await school.EditorAsync()).GetAsync($"channels/website/photos/{kept}/web")).Must(200);
    }

    [Fact]
    public async Task Fault50_a_node_whose_clock_is_years_ahead_leaves_no_job_that_waits_for_years_to_the_others()
    {
        var school = await api.SchoolAsync();
        await AllDueAsync();
        await using (await WorkerProcess.StartAsync(api.Records.Settings with { Node = "ahead" }, "+740d")) await MustBeSweptAsync(school);
        // In the schedule's own unit: 100 ns since the year 1.
        Assert.Equal(0L, await CountAsync("select count(*) from qrtz_triggers where next_fire_time > $1", DateTimeOffset.UtcNow.AddHours(2).UtcTicks));
    }

    [Fact]
    public async Task Fault50_jobs_that_were_to_run_after_a_time_that_has_to_come_again_run_now()
    {
        var school = await api.SchoolAsync();
        await AllDueAsync();
        await using (await WorkerProcess.StartAsync(api.Records.Settings))
        {
            await MustBeSweptAsync(school);
            // As a clock two years ahead wrote them down.
            await api.Records.ExecuteAsync("update qrtz_triggers set next_fire_time = next_fire_time + $1", TimeSpan.FromDays(740).Ticks);
            await MustBeSweptAsync(school);
        }
    }

    [Theory]
    [InlineData("+5m")]
    [InlineData("-5m")]
    public async Task Fault51_five_minutes_between_a_node_and_the_database_shorten_and_lengthen_no_wait(string shift)
    {
        var school = await api.SchoolAsync();
        await api.Records.ExecuteAsync("update policy_switches set rejection_undo_seconds = 8 where school_id = $1", school.Id);
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await using (await WorkerProcess.StartAsync(api.Records.Settings, shift))
        {
            await Eventually.IsAsync("it works", async () => await CountAsync("select count(*) from objects where photo_id = $1 and stored_at is not null", photo) == 3);
            (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/screening", new { decision = "rejected" })).Must(200);
            await Eventually.IsAsync("destroyed", async () => await CountAsync("select count(*) from certificates where photo_id = $1", photo) == 1);
        }
        // By the database's clock alone: not before its time, and not minutes after it.
        Assert.Equal(1L, await CountAsync(
            "select count(*) from removals where photo_id = $1 and tombstoned_at >= not_before and tombstoned_at < not_before + interval '2 min'", photo));
    }

    /// <summary>Whoever starts next has every job to run, and no test waits for the next minute.</summary>
    private Task AllDueAsync() => api.Records.ExecuteAsync(
        "do $$ begin if to_regclass('qrtz_triggers') is not null then update qrtz_triggers set next_fire_time = start_time; end if; end $$");

    /// <summary>A write that never ended is taken away by a sweep of every minute, and by nothing else.</summary>
    private async Task MustBeSweptAsync(TestSchool school)
    {
        var photo = Guid.CreateVersion7();
        await api.Records.ExecuteAsync(
            "insert into objects (name, school_id, photo_id, kind, generation, format, width, height, bytes, write_before) values ($1, $2, $3, 'original', 1, 'jpeg', 0, 0, 0, now() - interval '1 min')",
            BlobName.Of(photo, 1, "original"), school.Id, photo);
        await Eventually.IsAsync("a sweep", async () => await CountAsync("select count(*) from objects where photo_id = $1", photo) == 0);
    }

    private Task<long> CountAsync(string sql, params object[] parameters) => api.Records.ScalarAsync<long>(sql, parameters);
}
