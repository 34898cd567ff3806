using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pupils;

public sealed class PupilsTests(TestApi api) : IClassFixture<TestApi>
{
    private static object Ada(string born = "2017-12-10", string className = "3B", string? leftOn = null) =>
        new { givenName = "Ada", familyName = "Lovelace", dateOfBirth = born, className, leftOn };

    [Fact]
    public async Task A_pupil_is_made_once_and_the_same_again_changes_nothing()
    {
        var school = await api.SchoolAsync();
        var office = await school.OfficeAsync();
        var made = (await office.PutAsync("pupils/u17", Ada())).Must(201).Json;
        Assert.Equal("u17", made.GetProperty("misId").GetString());
        Assert.Equal("2017-12-10", made.GetProperty("dateOfBirth").GetString());
        (await office.PutAsync("pupils/u17", Ada())).Must(200);
        (await office.PutAsync("pupils/u17", Ada(className: "4B", leftOn: "2026-07-20"))).Must(200);

        var listed = Assert.Single((await office.GetAsync("pupils?class=4B")).Items);
        Assert.Equal("2026-07-20", listed.GetProperty("leftOn").GetString());
        Assert.Empty((await office.GetAsync("pupils?class=3B")).Items);
        Assert.Equal(["pupil.added", "pupil.changed", "pupil.left"], (await api.Records.EventsAsync(school.Id)).Where(name => name.StartsWith("pupil.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_same_pupil_sent_many_times_at_once_is_one_pupil()
    {
        var office = await (await api.SchoolAsync()).OfficeAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => office.PutAsync("pupils/u17", Ada())));
        Assert.Equal(1, replies.Count(reply => reply.Must(200, 201).Status == 201));
        Assert.Single((await office.GetAsync("pupils")).Items);
    }

    [Theory]
    [InlineData("2999-01-01", null)]
    [InlineData("1850-01-01", null)]
    [InlineData("2017-12-10", "2017-12-09")]
    public async Task Dates_that_cannot_be_are_refused(string born, string? leftOn)
    {
        var office = await (await api.SchoolAsync()).OfficeAsync();
        (await office.PutAsync("pupils/u17", Ada(born, leftOn: leftOn))).MustRefuse(422, "invalid");
        Assert.Empty((await office.GetAsync("pupils")).Items);
    }

    [Fact]
    public async Task A_name_is_no_pseudonym()
    {
        var office = await (await api.SchoolAsync()).OfficeAsync();
        (await office.PutAsync("pupils/Ada%20Lovelace", Ada())).MustRefuse(422, "invalid");
        (await office.PutAsync($"pupils/{new string('x', 65)}", Ada())).MustRefuse(422, "invalid");
    }

    [Fact]
    public async Task Teachers_see_names_and_classes_and_no_birthdays()
    {
        var school = await api.SchoolAsync();
        await school.PupilAsync();
        var seen = Assert.Single((await (await school.TeacherAsync()).GetAsync("pupils")).Must(200).Items);
        Assert.Equal("3B", seen.GetProperty("className").GetString());
        Assert.False(seen.TryGetProperty("dateOfBirth", out _));
    }

    [Fact]
    public async Task Only_the_office_writes_and_another_school_sees_nothing()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        foreach (var role in Enum.GetValues<Role>().Where(role => role != Role.Office))
            (await (await school.AsAsync(role)).PutAsync(pupil.Path, Ada())).MustRefuse(403, "role-may-not");
        (await (await school.EditorAsync()).GetAsync("pupils")).MustRefuse(403, "role-may-not");

        var strangers = await api.SchoolAsync();
        Assert.Empty((await (await strangers.OfficeAsync()).GetAsync("pupils")).Items);
        (await (await strangers.OfficeAsync()).GetAsync($"{pupil.Path}/standing")).MustRefuse(404, "not-found");
        (await (await strangers.EditorAsync()).GetAsync($"{pupil.Path}/standing")).MustRefuse(404, "not-found");
        (await (await strangers.OfficeAsync()).PutAsync($"{pupil.Path}/guardians/g1", new { name = "N", responsibility = true }))
            .MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Guardians_are_written_and_listed_by_the_office()
    {
        var school = await api.SchoolAsync();
        var (office, pupil) = (await school.OfficeAsync(), await school.PupilAsync());
        (await office.PutAsync($"{pupil.Path}/guardians/g1", new { name = "Grace", email = "grace@example.org", responsibility = true })).Must(201);
        (await office.PutAsync($"{pupil.Path}/guardians/g1", new { name = "Grace Hopper", responsibility = false })).Must(200);
        (await office.PutAsync($"{pupil.Path}/guardians/g2", new { name = "Alan", email = "nowhere", responsibility = true })).MustRefuse(422, "invalid");
        (await office.PutAsync($"{pupil.Path}/guardians/g2", new { name = "Alan" })).MustRefuse(422, "invalid");
        var one = Assert.Single((await office.GetAsync($"{pupil.Path}/guardians")).Items);
        Assert.Equal("Grace Hopper", one.GetProperty("name").GetString());
        Assert.False(one.TryGetProperty("email", out _));
        (await (await school.TeacherAsync()).GetAsync($"{pupil.Path}/guardians")).MustRefuse(403, "role-may-not");
    }

    [Fact]
    public async Task A_block_clears_the_pupil_for_nothing_and_its_reason_is_for_safeguarding_alone()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var lead = await school.SafeguardingAsync();
        (await (await school.OfficeAsync()).PostAsync($"{pupil.Path}/block", new { reason = "court order" })).MustRefuse(403, "role-may-not");
        (await lead.PostAsync($"{pupil.Path}/block", new { reason = "court order" })).Must(200);
        (await lead.PostAsync($"{pupil.Path}/block", new { reason = "again" })).MustRefuse(409, "blocked-already");

        Assert.Equal("blocked", await pupil.StandingAsync(Channel.Internal));
        Assert.Equal("blocked", await pupil.StandingAsync(Channel.Website));
        Assert.Contains("court order", (await lead.GetAsync($"{pupil.Path}/standing")).Text, StringComparison.Ordinal);
        foreach (var role in new[] { Role.Office, Role.Teacher })
            Assert.DoesNotContain("court order", (await (await school.AsAsync(role)).GetAsync($"{pupil.Path}/standing")).Text, StringComparison.Ordinal);

        (await lead.DeleteAsync($"{pupil.Path}/block")).Must(200);
        (await lead.DeleteAsync($"{pupil.Path}/block")).MustRefuse(404, "not-found");
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Website));
    }

    [Fact]
    public async Task A_block_takes_every_picture_of_the_pupil_off_every_channel_at_once()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), pupil);
        var editor = await school.EditorAsync();
        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page" })).Must(201);

        (await (await school.SafeguardingAsync()).PostAsync($"{pupil.Path}/block", new { reason = "court order" })).Must(200);

        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "News" })).Must(404, 409);
        Assert.Single((await (await school.OfficeAsync()).GetAsync("removals?state=open")).Must(200).Items);
    }

    [Fact]
    public async Task A_leaver_stays_inside_the_school()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        await pupil.PutAsync("3B", TestSchool.Today.AddYears(-8), TestSchool.Today.AddDays(-3));
        Assert.Equal("left", await pupil.StandingAsync(Channel.Website));
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Internal));
    }
}
