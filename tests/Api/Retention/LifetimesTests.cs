using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Retention;

/// <summary>Records live as long as the school says and no longer; what something else needs stays (docs/decisions/0020).</summary>
public sealed class LifetimesTests(LifetimesHouse house) : IClassFixture<LifetimesHouse>
{
    [Fact]
    public async Task P18_A_replaced_answer_lives_three_years_more_and_the_last_yes_and_no_of_a_pupil_who_is_there_for_ever()
    {
        var school = await house.SchoolAsync();
        var pupil = await school.PupilAsync();
        foreach (var answer in new[] { Answer.Given, Answer.Given, Answer.Refused, Answer.Given }) await pupil.AnswerAsync(Channel.Website, answer);
        await pupil.AnswerAsync(Channel.Website, Answer.Given, name: "Another guardian");
        var standing = await pupil.StandingAsync(Channel.Website);

        await house.PassAsync(school, years: 3);
        await house.NightAsync();
        Assert.Equal(["given", "given", "refused", "given", "given"], await AnswersAsync(school));
        await house.PassAsync(school, days: 1);
        var run = Assert.Single(await house.NightAsync(), run => run.SchoolId == school.Id);
        Assert.Equal(2, run.Consents);
        Assert.Equal(["refused", "given", "given"], await AnswersAsync(school));
        await house.PassAsync(school, years: 40);
        await house.NightAsync();
        Assert.Equal(["refused", "given", "given"], await AnswersAsync(school));
        Assert.Equal(standing, await pupil.StandingAsync(Channel.Website));
    }

    [Fact]
    public async Task P1_The_answer_by_which_a_picture_was_taken_is_kept_while_the_picture_is()
    {
        var school = await house.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), pupil);
        await pupil.AnswerAsync(Channel.Internal, Answer.Given);
        await house.PassAsync(school, years: 9);
        await house.NightAsync();
        Assert.Equal(["given", "given"], await AnswersAsync(school));

        await house.Records.ExecuteAsync("delete from photo_pupils where photo_id = $1", photo);
        await house.NextNightAsync(school);
        Assert.Equal(["given"], await AnswersAsync(school));
    }

    [Fact]
    public async Task Of_a_pupil_who_left_the_guardians_live_a_year_and_the_pupil_two()
    {
        var school = await house.SchoolAsync();
        var (left, shown, here) = (await LeaverAsync(school), await LeaverAsync(school), await school.PupilAsync());
        var blocked = await LeaverAsync(school);
        (await (await school.SafeguardingAsync()).PostAsync($"{blocked.Path}/block", new { reason = "Ask me first" })).Must(200);
        await shown.AnswerAsync(Channel.Internal, Answer.Given);
        await school.LinkAsync(await school.UploadAsync(await school.ActivityAsync()), shown);
        var id = await house.Records.ScalarAsync<Guid>("select id from pupils where school_id = $1 and mis_id = $2", school.Id, left.MisId);

        await house.PassAsync(school, years: 1);
        await house.NightAsync();
        Assert.Equal(3, await CountAsync("guardians", school));
        await house.PassAsync(school, days: 1);
        await house.NightAsync();
        Assert.Equal((2, 4), (await CountAsync("guardians", school), await CountAsync("pupils", school)));

        await house.PassAsync(school, days: TestSchool.Today.AddYears(-1).DayNumber - TestSchool.Today.AddYears(-2).DayNumber - 1);
        await house.NightAsync();
        Assert.Equal(4, await CountAsync("pupils", school));
        await house.PassAsync(school, days: 1);
        var run = Assert.Single(await house.NightAsync(), run => run.SchoolId == school.Id);
        Assert.Equal(1, run.Pupils);
        Assert.Equal((3, 2), (await CountAsync("pupils", school), await CountAsync("guardians", school)));
        Assert.Equal(1, await CountAsync("pupil_tombstones", school));
        Assert.Null(await house.Records.Services.GetRequiredService<KeyStore>().TextAsync(school.Id, id));
        (await (await school.OfficeAsync()).GetAsync($"{here.Path}/standing")).Must(200);
    }

    [Fact]
    public async Task P17_Where_a_picture_had_gone_is_known_six_years_after_the_last_copy_is_down_and_never_less_while_one_is_to_come_down()
    {
        var school = await house.SchoolAsync();
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var (down, open, living) = (await PublishedAsync(school, activity, pupil), await PublishedAsync(school, activity, pupil), await PublishedAsync(school, activity, pupil));
        foreach (var photo in new[] { down, open })
        {
            (await (await school.HeadAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
            Assert.Equal(RemovalOutcome.Done, await house.Records.CarryOutAsync(photo));
        }
        var removal = await house.Records.ScalarAsync<Guid>("select id from removals where photo_id = $1 and place = 'publication'", down);
        (await (await school.EditorAsync()).PostAsync($"removals/{removal}/done", new { proof = "The page shows another picture" })).Must(200);

        await house.PassAsync(school, years: 6);
        await house.NightAsync();
        Assert.Equal((3, 2), (await CountAsync("publications", school), await CountAsync("certificates", school)));
        await house.PassAsync(school, days: 1);
        var run = Assert.Single(await house.NightAsync(), run => run.SchoolId == school.Id);
        // Its publication, the removals of our own copy and of that, the certificate.
        Assert.Equal(4, run.Disclosures);
        Assert.Equal(0L, await house.Records.ScalarAsync<long>(
            "select (select count(*) from publications where photo_id = $1) + (select count(*) from removals where photo_id = $1) + (select count(*) from certificates where photo_id = $1)", down));
        Assert.Equal((2, 1), (await CountAsync("publications", school), await CountAsync("certificates", school)));
        Assert.Equal(2L, await house.Records.ScalarAsync<long>("select count(*) from publications where photo_id in ($1, $2)", open, living));
        // Destroyed it stays, whatever is known of it.
        (await (await school.HeadAsync()).GetAsync($"photos/{down}")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task P14_Who_opened_a_picture_is_known_three_years_and_the_rest_of_the_audit_seven()
    {
        var school = await house.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        foreach (var (kind, years) in new[] { ("photo.opened", 3), ("staff.signed-in", 3), ("guardian.changed", 7), ("guardian.changed", 3) })
        {
            await house.WriteAsync(school, kind, LifetimesHouse.Ago(years));
            await house.WriteAsync(school, kind, LifetimesHouse.Ago(years).AddMicroseconds(-1));
        }
        await house.WriteAsync(school, "photo.opened", LifetimesHouse.Ago(20), photo);
        await house.Records.SealAsync();

        var run = Assert.Single(await house.NightAsync(), run => run.SchoolId == school.Id);
        Assert.Equal((2, 1), (run.AccessLog, run.Audit));
        var kept = await house.Records.EventsAsync(school.Id);
        Assert.Equal((2, 1, 3), (kept.Count(it => it == "photo.opened"), kept.Count(it => it == "staff.signed-in"), kept.Count(it => it == "guardian.changed")));
        Assert.Equal(["records.forgotten", "records.forgotten", "records.looked-through"], kept[^3..]);

        // The chain is read on as before: the places of what is gone are told, and nothing else of it.
        Assert.Empty(await house.ChainAsync(school));
        var items = (await (await school.HeadAsync()).GetAsync("audit?limit=500")).Must(200).Items;
        Assert.Equal(Enumerable.Range(1, items.Length).Select(nth => (long)nth), items.Select(item => item.GetProperty("position").GetInt64()));
        Assert.Equal(3, items.Count(item => item.GetProperty("forgotten").GetBoolean() && !item.TryGetProperty("event", out _)));
    }

    [Fact]
    public async Task The_head_decides_for_the_next_night_and_nothing_is_kept_for_less_than_another_duty_needs()
    {
        var school = await house.SchoolAsync();
        var (head, other) = (await school.HeadAsync(), await house.SchoolAsync());
        foreach (var one in new[] { school, other }) await house.WriteAsync(one, "guardian.changed", LifetimesHouse.Ago(80));
        await house.Records.SealAsync();
        var years = new { consents = 2, guardians = 0, leavers = 0, accessLog = 1, disclosures = 2, audit = (int?)null };
        var shown = (await head.PutAsync("lifetimes", years)).Must(200).Json;
        Assert.False(shown.GetProperty("years").TryGetProperty("audit", out _));
        Assert.Equal("school.lifetimes-changed", (await house.Records.EventsAsync(school.Id))[^1]);
        (await head.PutAsync("lifetimes", years)).Must(200);
        Assert.Single(await house.Records.EventsAsync(school.Id), it => it == "school.lifetimes-changed");

        foreach (var less in new object[]
        {
            years with { consents = 1 }, years with { disclosures = 1 }, years with { guardians = 1 }, years with { accessLog = 0 }, years with { audit = 1 },
        })
            (await head.PutAsync("lifetimes", less)).MustRefuse(422, "lifetime-too-short");
        (await head.PutAsync("lifetimes", years with { consents = 31 })).MustRefuse(422, "invalid");
        (await (await school.TeacherAsync()).PutAsync("lifetimes", years)).MustRefuse(403, "role-may-not");
        (await (await school.OfficeAsync()).GetAsync("lifetimes")).MustRefuse(403, "role-may-not");

        // For ever in this school; the other one keeps what it said.
        await house.NightAsync();
        Assert.Contains("guardian.changed", await house.Records.EventsAsync(school.Id));
        Assert.DoesNotContain("guardian.changed", await house.Records.EventsAsync(other.Id));
        Assert.Equal(0, (await (await school.IctAsync()).GetAsync("lifetimes")).Must(200).Json.GetProperty("lastRun").GetProperty("audit").GetInt32());
        using var ict = await other.VisitAsync(Role.Ict);
        Assert.Contains("1 of the audit", (await ict.GetAsync("/operations")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_night_has_one_run_and_none_while_the_clock_is_in_doubt()
    {
        var school = await house.SchoolAsync();
        await house.WriteAsync(school, "guardian.changed", LifetimesHouse.Ago(80));
        await house.Records.SealAsync();
        await house.Records.ExecuteAsync("""
            insert into clock (trusted_at, noted_at, noted_by, boot, boot_seconds) values (now(), now(), 'n1', 'boot', 1);
            insert into clock_jumps (noticed_by, from_at, to_at) values ('n1', now() - interval '2 years', now())
            """);
        try
        {
            Assert.Empty(await house.NightAsync());
            Assert.Contains("guardian.changed", await house.Records.EventsAsync(school.Id));
        }
        finally
        {
            await house.Records.ExecuteAsync("delete from clock_jumps; delete from clock");
        }
        Assert.Single(await house.NightAsync(), run => run.SchoolId == school.Id);
        Assert.DoesNotContain("guardian.changed", await house.Records.EventsAsync(school.Id));
        Assert.Empty(await house.NightAsync());
        Assert.Single(await house.Records.EventsAsync(school.Id), it => it == "records.looked-through");
    }

    [Fact]
    public async Task Stopped_at_every_point_of_a_run_nothing_is_lost_or_counted_twice()
    {
        var school = await house.SchoolAsync();
        var pupil = await LeaverAsync(school);
        var there = await school.PupilAsync();
        foreach (var nth in new[] { 1, 2, 3 }) await there.AnswerAsync(Channel.Website, Answer.Given, name: $"Guardian {nth % 2}");
        await house.PassAsync(school, years: 5);
        foreach (var (kind, years) in new[] { ("guardian.changed", 7), ("guardian.changed", 80), ("staff.signed-in", 4) }) await house.WriteAsync(school, kind, LifetimesHouse.Ago(years));
        await house.Records.SealAsync();

        var stops = 0;
        for (var nth = 1; ; nth++)
        {
            house.Seams.WatchNth(nth, Stop.FromThereOn);
            try
            {
                await house.Faulty.RunAsync((Lifetimes it) => it.RunDueAsync(default));
            }
            catch (Exception error) when (error is AggregateException or NpgsqlException && house.Seams.Stopped)
            {
                stops++;
            }
            house.Seams.Rest();
            if (await house.Records.ScalarAsync<bool>("select exists (select from lifetime_runs where school_id = $1 and ended_at is not null)", school.Id)) break;
            Assert.True(nth < 500, "The run does not come to an end.");
        }
        Assert.True(stops > 20, $"It was stopped {stops} times only.");
        await house.NightAsync();
        Assert.Equal("1 1 1 1 1", await house.Records.ScalarAsync<string>(
            "select concat_ws(' ', consents, guardians, pupils, access_log, audit) from lifetime_runs where school_id = $1", school.Id));
        Assert.Equal(["given", "given"], await AnswersAsync(school));
        (await (await school.OfficeAsync()).GetAsync($"{pupil.Path}/standing")).MustRefuse(404, "not-found");
        Assert.Empty(await house.ChainAsync(school));
    }

    private static async Task<TestPupil> LeaverAsync(TestSchool school)
    {
        var pupil = await school.PupilAsync();
        (await (await school.OfficeAsync()).PutAsync($"{pupil.Path}/guardians/g1", new { name = "Grace Hopper", responsibility = true })).Must(201);
        await pupil.PutAsync("3B", TestSchool.Today.AddYears(-8), leftOn: TestSchool.Today);
        return pupil;
    }

    private static async Task<Guid> PublishedAsync(TestSchool school, Guid activity, TestPupil pupil)
    {
        var photo = await school.ReadyPhotoAsync(activity, pupil);
        (await (await school.EditorAsync()).PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page" })).Must(201);
        return photo;
    }

    private Task<string[]> AnswersAsync(TestSchool school) => house.Records.ScalarAsync<string[]>(
        "select coalesce(array_agg(answer order by answered_at), '{}') from consent_answers where school_id = $1", school.Id);

    private async Task<int> CountAsync(string table, TestSchool school) =>
        (int)await house.Records.ScalarAsync<long>($"select count(*) from {table} where school_id = $1", school.Id);
}
