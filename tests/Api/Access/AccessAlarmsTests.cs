using PhotoGuard.Records.Access;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Access;

/// <summary>Browsing is told at the next run of the watch, once, to those who look into it (P14; field/reliability.md, fault 67).</summary>
public sealed class AccessAlarmsTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Three_hundred_pupils_in_ten_minutes_are_told_at_the_next_run_and_once()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        await WatchAsync();
        await BrowseAsync(school, teacher, 300, "pupil.opened");
        await WatchAsync();
        await WatchAsync();
        var alarm = Assert.Single(await AlarmsAsync(school), one => one.GetProperty("kind").GetString() == "numbers");
        Assert.Equal(teacher.Id, alarm.GetProperty("person").GetProperty("id").GetGuid());
        Assert.Equal(300, alarm.GetProperty("looks").GetInt32());
        Assert.Equal(1L, await api.Records.ScalarAsync<long>(
            "select count(*) from audit_entries where school_id = $1 and event = 'access.alarm' and details->>'kind' = 'numbers' and details->>'person' = $2::text", school.Id, teacher.Id));
    }

    [Fact]
    public async Task A_worker_that_stood_still_for_hours_misses_nothing()
    {
        var school = await api.SchoolAsync();
        await WatchAsync();
        await api.Records.ExecuteAsync("update access_watches set watched_until = now() - interval '9 hours' where school_id = $1", school.Id);
        await BrowseAsync(school, await school.ScreenerAsync(), 300, "photo.opened", ago: "7 hours");
        await WatchAsync();
        Assert.Contains(await AlarmsAsync(school), one => one.GetProperty("kind").GetString() == "numbers");
    }

    [Fact]
    public async Task Own_pictures_channels_and_the_renderer_are_nobodys_browsing()
    {
        var school = await api.SchoolAsync();
        var (teacher, editor) = (await school.TeacherAsync(), await school.EditorAsync());
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await WatchAsync();
        // The editor's program takes the whole website anew; our renderer reads all there is.
        await BrowseAsync(school, editor, 5000, "photo.opened", details: """{"rendition":"web","channel":"website"}""");
        await api.Records.ExecuteAsync(
            "insert into audit_entries (school_id, event, actor_kind, photo_id) select $1, 'photo.opened', 'system', gen_random_uuid() from generate_series(1, 2000)", school.Id);
        // Whoever sorts their own pictures looks at them as often as they like, also on a Saturday.
        await api.Records.ExecuteAsync("""
            insert into audit_entries (school_id, event, actor_kind, actor_id, photo_id, at)
            select $1, 'photo.opened', 'person', $2, $3, now() - nth * interval '1 second' from generate_series(1, 1000) nth
            """, school.Id, teacher.Id, photo);
        await WatchAsync();
        Assert.Empty(await AlarmsAsync(school));
    }

    [Fact]
    public async Task Pictures_of_a_class_that_somebody_no_longer_teaches_are_refused_counted_and_told()
    {
        var school = await api.SchoolAsync();
        var former = await school.TeacherOfAsync("9Z");
        var activity = await school.ActivityAsync();
        var photo = await school.UploadAsync(activity);
        await WatchAsync();
        for (var look = 0; look < 5; look++)
        {
            (await former.GetAsync($"photos/{photo}/renditions/web")).MustRefuse(404, "not-found");
            (await former.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
        }
        await WatchAsync();
        var alarm = Assert.Single(await AlarmsAsync(school));
        Assert.Equal(("refused", former.Id, 10), (alarm.GetProperty("kind").GetString(), alarm.GetProperty("person").GetProperty("id").GetGuid(), alarm.GetProperty("looks").GetInt32()));
        // One row of the audit for a person and minute, however often they ask.
        Assert.InRange(await api.Records.ScalarAsync<long>("select count(*) from audit_entries where school_id = $1 and event = 'photo.opening-refused'", school.Id), 1, 2);
    }

    [Fact]
    public async Task What_is_not_there_is_counted_like_what_is_not_for_them()
    {
        var (school, other) = (await api.SchoolAsync(), await api.SchoolAsync());
        var theirs = await other.UploadAsync(await other.ActivityAsync());
        var office = await school.OfficeAsync();
        (await office.GetAsync($"photos/{Guid.NewGuid()}/renditions/web")).MustRefuse(404, "not-found");
        (await office.GetAsync($"photos/{theirs}/renditions/web")).MustRefuse(404, "not-found");
        Assert.Equal(2L, await api.Records.ScalarAsync<long>("select sum(count) from refused_looks where school_id = $1 and staff_id = $2", school.Id, office.Id));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from refused_looks where school_id = $1", other.Id));
    }

    [Fact]
    public async Task An_alarm_is_acknowledged_with_a_note_by_somebody_else_and_more_of_it_is_told_again()
    {
        var school = await api.SchoolAsync();
        var (head, lead) = (await school.HeadAsync(), await school.SafeguardingAsync());
        await WatchAsync();
        await BrowseAsync(school, head, 300, "pupil.opened");
        await WatchAsync();
        var alarm = (await AlarmsAsync(school)).Single(one => one.GetProperty("kind").GetString() == "numbers").GetProperty("id").GetGuid();
        var path = $"access-alarms/{alarm}/acknowledgement";
        (await head.PostAsync(path, new { note = "It was me, and all is well." })).MustRefuse(403, "own-alarm");
        foreach (var role in new[] { Role.Teacher, Role.Office, Role.Ict }) (await (await school.AsAsync(role)).PostAsync(path, new { note = "n" })).MustRefuse(404, "not-found");
        (await (await (await api.SchoolAsync()).SafeguardingAsync()).PostAsync(path, new { note = "n" })).MustRefuse(404, "not-found");
        (await lead.PostAsync(path, new { note = " " })).MustRefuse(422, "invalid");
        var done = (await lead.PostAsync(path, new { note = "Prepared the class lists." })).Must(200).Json.GetProperty("acknowledgement");
        Assert.Equal((lead.Id, "Prepared the class lists."), (done.GetProperty("by").GetGuid(), done.GetProperty("note").GetString()));
        Assert.Equal("Prepared the class lists.", (await lead.PostAsync(path, new { note = "Again." })).Must(200).Json.GetProperty("acknowledgement").GetProperty("note").GetString());
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from audit_entries where school_id = $1 and event = 'access.alarm-acknowledged'", school.Id));
        // Not in clear in the database.
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from access_alarms where position('Prepared' in encode(note, 'escape')) > 0"));

        await WatchAsync();
        Assert.Single(await AlarmsAsync(school), one => one.GetProperty("kind").GetString() == "numbers");
        await BrowseAsync(school, head, 300, "pupil.opened", ago: "0 seconds");
        await WatchAsync();
        Assert.Equal(2, (await AlarmsAsync(school)).Count(one => one.GetProperty("kind").GetString() == "numbers"));
    }

    [Fact]
    public async Task An_alarm_that_nobody_acknowledges_is_raised_again_after_a_day()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        await WatchAsync();
        await BrowseAsync(school, teacher, 300, "pupil.opened");
        await WatchAsync();
        await BrowseAsync(school, teacher, 300, "pupil.opened", ago: "0 seconds");
        await WatchAsync();
        Assert.Single(await AlarmsAsync(school), one => one.GetProperty("kind").GetString() == "numbers");
        await api.Records.ExecuteAsync("update access_alarms set raised_at = raised_at - interval '25 hours' where school_id = $1", school.Id);
        await WatchAsync();
        Assert.Equal(2, (await AlarmsAsync(school)).Count(one => one.GetProperty("kind").GetString() == "numbers"));
    }

    [Fact]
    public async Task Alarms_are_for_the_safeguarding_lead_and_the_head_alone()
    {
        var school = await api.SchoolAsync();
        foreach (var role in Enum.GetValues<Role>())
        {
            var reply = await (await school.AsAsync(role)).GetAsync("access-alarms");
            if (role is Role.Head or Role.Safeguarding) reply.Must(200);
            else reply.MustRefuse(403, "role-may-not");
        }
    }

    [Fact]
    public async Task The_page_tells_who_and_how_many_takes_the_note_and_shows_who_looked_at_a_pupil()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        var teacher = await school.TeacherOfAsync("3B");
        await WatchAsync();
        (await teacher.GetAsync($"{pupil.Path}/standing")).Must(200);
        await BrowseAsync(school, teacher, 299, "pupil.opened");
        await api.Records.ExecuteAsync("delete from access_alarms where kind = 'hours'");
        await WatchAsync();
        using var lead = await school.VisitAsync(Role.Safeguarding);
        (await lead.GetAsync("/access")).Must(200).MustSay("looked at very many in a short time").MustSay("Teacher 1");
        (await lead.GetAsync($"/access?pupil={pupil.MisId}")).Must(200).MustSay("Teacher 1");
        (await lead.GetAsync("/access?pupil=nobody")).Must(200).MustSay("There is no such pupil.");
        (await lead.GetAsync("/access?photo=nonsense")).Must(200).MustSay("There is no such picture.");
        (await lead.PostAsync("/access", ("note", "Wrote the reports."))).Must(200).MustSay("Saved.");
    }

    private Task WatchAsync() => api.Records.RunAsync<BrowsingWatch, int>(watch => watch.WatchAsync(default));

    private static async Task<System.Text.Json.JsonElement[]> AlarmsAsync(TestSchool school) =>
        [.. (await (await school.SafeguardingAsync()).GetAsync("access-alarms")).Must(200).Items];

    /// <summary>What the api writes when somebody looks, so many times within ten minutes.</summary>
    private Task BrowseAsync(TestSchool school, Person person, int looks, string what, string ago = "0 seconds", string details = "{}") => api.Records.ExecuteAsync("""
        insert into audit_entries (school_id, at, event, actor_kind, actor_id, photo_id, subject_kind, subject_id, details)
        select $1, clock_timestamp() - $5::interval, $4, 'person', $2, case when $4 = 'photo.opened' then id end,
          case when $4 = 'pupil.opened' then 'pupil' end, case when $4 = 'pupil.opened' then id::text end, $6::jsonb
        from (select gen_random_uuid() as id from generate_series(1, $3)) looked
        """, school.Id, person.Id, looks, what, ago, details);
}
