using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Access;

/// <summary>Law 7, P14: whoever looks at a pupil's record, a list of pupils or the log itself is in the log.</summary>
public sealed class ReadsAreLoggedTests(TestApi api) : IClassFixture<TestApi>
{
    [Theory]
    [InlineData("standing", Role.Teacher)]
    [InlineData("standing", Role.Safeguarding)]
    [InlineData("consents", Role.Office)]
    [InlineData("guardians", Role.Office)]
    public async Task Opening_a_pupils_record_is_logged_with_who_it_was(string what, Role role)
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        var person = await school.AsAsync(role);
        (await person.GetAsync($"{pupil.Path}/{what}")).Must(200);
        Assert.Equal([person.Id], await LookersAsync(school, pupil));
    }

    [Fact]
    public async Task Who_is_refused_has_opened_nothing()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        (await (await school.TeacherAsync()).GetAsync($"{pupil.Path}/guardians")).MustRefuse(403, "role-may-not");
        (await (await school.IctAsync()).GetAsync($"{pupil.Path}/standing")).MustRefuse(403, "role-may-not");
        (await (await (await api.SchoolAsync()).OfficeAsync()).GetAsync($"{pupil.Path}/standing")).MustRefuse(404, "not-found");
        Assert.Empty(await LookersAsync(school, pupil));
    }

    [Fact]
    public async Task A_page_that_shows_all_of_a_pupil_is_one_opening()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        using var office = await school.VisitAsync(Role.Office);
        (await office.GetAsync($"/pupils/{pupil.MisId}")).Must(200).MustSay("Ada Lovelace");
        Assert.Single(await LookersAsync(school, pupil));
        (await office.GetAsync($"/pupils/{pupil.MisId}/edit")).Must(200);
        (await office.GetAsync($"/pupils/{pupil.MisId}/answer")).Must(200);
        Assert.Equal(3, (await LookersAsync(school, pupil)).Length);
    }

    [Fact]
    public async Task A_listing_is_one_entry_with_how_many_and_which_class_and_no_name()
    {
        var school = await api.SchoolAsync();
        await school.PupilAsync("3B");
        await school.PupilAsync("3B");
        await school.PupilAsync("4A");
        (await (await school.TeacherAsync()).GetAsync("pupils?class=3B")).Must(200);
        (await (await school.OfficeAsync()).GetAsync("pupils")).Must(200);
        var told = await api.Records.ScalarAsync<string[]>(
            "select array_agg((details->>'class' is null)::text || ' ' || coalesce(details->>'class', '') || ' ' || (details->>'pupils') order by id) from audit_entries where school_id = $1 and event = 'pupils.listed'", school.Id);
        Assert.Equal(["false 3B 2", "true  3"], told);
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from audit_entries where school_id = $1 and details::text like '%Lovelace%'", school.Id));
    }

    [Fact]
    public async Task What_was_asked_for_and_is_no_class_is_not_kept()
    {
        var school = await api.SchoolAsync();
        await school.PupilAsync("3B");
        Assert.Empty((await (await school.OfficeAsync()).GetAsync("pupils?class=Ada%20Lovelace")).Must(200).Items);
        Assert.Equal("0", await api.Records.ScalarAsync<string>(
            "select concat(details->>'class', details->>'pupils') from audit_entries where school_id = $1 and event = 'pupils.listed'", school.Id));
    }

    [Fact]
    public async Task Reading_the_log_is_in_the_log_and_asking_for_news_alone_is_not()
    {
        var school = await api.SchoolAsync();
        await school.PupilAsync();
        var head = await school.HeadAsync();
        await api.Records.SealAsync();
        var told = (await head.GetAsync("audit?limit=500")).Must(200).Items.Length;
        Assert.Equal(1L, await ReadsAsync(school));
        await api.Records.SealAsync();
        var page = (await head.GetAsync($"audit?limit={told}")).Must(200);
        Assert.Equal(2L, await ReadsAsync(school));
        // Behind what was there is the look itself, and nothing else: a program that waits for news does not make them.
        var next = page.Json.GetProperty("next").GetString();
        for (var again = 0; again < 3; again++)
        {
            Assert.Equal("audit.read", (await head.GetAsync($"audit?after={next}&limit=1")).Must(200).Items.Single().GetProperty("event").GetString());
            Assert.Equal(2L, await ReadsAsync(school));
        }
    }

    [Fact]
    public async Task The_ICT_lead_reads_who_looked_and_not_at_whom()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        (await (await school.TeacherAsync()).GetAsync($"{pupil.Path}/standing")).Must(200);
        await api.Records.SealAsync();
        var seen = (await (await school.IctAsync()).GetAsync("audit?limit=500")).Must(200).Items.Single(item => item.GetProperty("event").GetString() == "pupil.opened");
        Assert.Equal((await school.TeacherAsync()).Id, seen.GetProperty("actor").GetProperty("id").GetGuid());
        Assert.False(seen.TryGetProperty("subject", out var subject) && subject.ValueKind == System.Text.Json.JsonValueKind.Object);
        var whole = (await (await school.HeadAsync()).GetAsync("audit?limit=500")).Must(200).Items.Single(item => item.GetProperty("event").GetString() == "pupil.opened");
        Assert.Equal("pupil", whole.GetProperty("subject").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Who_looked_at_a_pupil_or_a_picture_is_for_the_head_and_the_safeguarding_lead_and_that_look_is_logged_too()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await api.Records.ExecuteAsync(
            "insert into audit_entries (school_id, event, actor_kind, actor_id, photo_id, details) values ($1, 'photo.opened', 'person', $2, $3, '{\"rendition\":\"web\",\"channel\":null}'), ($1, 'photo.opened', 'system', null, $3, '{}')",
            school.Id, (await school.OfficeAsync()).Id, photo);
        (await (await school.TeacherAsync()).GetAsync($"{pupil.Path}/standing")).Must(200);

        foreach (var role in new[] { Role.Head, Role.Safeguarding })
        {
            var person = await school.AsAsync(role);
            var ofPhoto = Assert.Single((await person.GetAsync($"photos/{photo}/openings")).Must(200).Items);
            Assert.Equal(((await school.OfficeAsync()).Id, "web"), (ofPhoto.GetProperty("person").GetProperty("id").GetGuid(), ofPhoto.GetProperty("rendition").GetString()));
            var ofPupil = Assert.Single((await person.GetAsync($"{pupil.Path}/openings")).Must(200).Items);
            Assert.Equal((await school.TeacherAsync()).Id, ofPupil.GetProperty("person").GetProperty("id").GetGuid());
            Assert.Equal(2L, await api.Records.ScalarAsync<long>("select count(*) from audit_entries where actor_id = $1 and event = 'audit.read'", person.Id));
        }
        foreach (var role in new[] { Role.Teacher, Role.Screener, Role.Office })
        {
            (await (await school.AsAsync(role)).GetAsync($"photos/{photo}/openings")).MustRefuse(403, "role-may-not");
            (await (await school.AsAsync(role)).GetAsync($"{pupil.Path}/openings")).MustRefuse(403, "role-may-not");
        }
        foreach (var role in new[] { Role.Editor, Role.Ict }) (await (await school.AsAsync(role)).GetAsync($"photos/{photo}/openings")).MustRefuse(404, "not-found");
        var stranger = await (await api.SchoolAsync()).HeadAsync();
        (await stranger.GetAsync($"photos/{photo}/openings")).MustRefuse(404, "not-found");
        (await stranger.GetAsync($"{pupil.Path}/openings")).MustRefuse(404, "not-found");

        // Held: nobody's but the safeguarding lead's.
        (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/concerns", new { kind = "other" })).Must(201);
        (await (await school.HeadAsync()).GetAsync($"photos/{photo}/openings")).MustRefuse(404, "not-found");
        (await (await school.SafeguardingAsync()).GetAsync($"photos/{photo}/openings")).Must(200);
    }

    private Task<Guid[]> LookersAsync(TestSchool school, TestPupil pupil) => api.Records.ScalarAsync<Guid[]>("""
        select coalesce(array_agg(entry.actor_id order by entry.id), '{}') from audit_entries entry join pupils on pupils.id::text = entry.subject_id
        where entry.event = 'pupil.opened' and entry.school_id = $1 and pupils.school_id = $1 and mis_id = $2
        """, school.Id, pupil.MisId);

    private Task<long> ReadsAsync(TestSchool school) =>
        api.Records.ScalarAsync<long>("select count(*) from audit_entries where school_id = $1 and event = 'audit.read'", school.Id);
}
