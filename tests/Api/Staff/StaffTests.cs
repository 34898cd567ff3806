using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;

namespace PhotoGuard.Tests.Api.Staff;

public sealed class StaffTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task The_ict_lead_says_who_teaches_what()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var ict = await school.IctAsync();
        var changed = (await ict.PutAsync($"staff/{teacher.Id}", new { classes = new[] { "4B", "3A", "3A" } })).Must(200);
        Assert.Equal("[\"3A\",\"4B\"]", changed.Json.GetProperty("classes").GetRawText());
        Assert.Contains((await ict.GetAsync("staff")).Items, person => person.GetProperty("id").GetGuid() == teacher.Id);

        (await teacher.PutAsync($"staff/{teacher.Id}", new { classes = new[] { "1A" } })).MustRefuse(403, "role-may-not");
        (await ict.PutAsync($"staff/{Guid.NewGuid()}", new { classes = new[] { "1A" } })).MustRefuse(404, "not-found");
        (await (await (await api.SchoolAsync()).IctAsync()).PutAsync($"staff/{teacher.Id}", new { classes = new[] { "1A" } })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_token_knows_whose_it_is()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var me = (await teacher.GetAsync("me")).Must(200).Json;
        Assert.Equal(teacher.Id, me.GetProperty("id").GetGuid());
        Assert.Equal("[\"teacher\"]", me.GetProperty("roles").GetRawText());
        Assert.True(me.TryGetProperty("device", out _));
    }

    [Fact]
    public async Task A_role_that_was_taken_away_is_gone_from_its_tokens()
    {
        var school = await api.SchoolAsync();
        var head = await school.HeadAsync();
        (await head.GetAsync("audit")).Must(200);
        (await (await school.IctAsync()).PutAsync($"staff/{head.Id}/roles", new { roles = new[] { "editor" } })).Must(200);
        (await head.GetAsync("audit")).MustRefuse(403, "role-may-not");
    }

    [Fact]
    public async Task P20_the_ict_lead_says_what_a_person_may_do_and_nobody_is_left_without_one()
    {
        var school = await api.SchoolAsync();
        var (ict, teacher) = (await school.IctAsync(), await school.TeacherAsync());
        Assert.Equal("[\"teacher\",\"screener\"]", (await ict.PutAsync($"staff/{teacher.Id}/roles", new { roles = new[] { "screener", "teacher" } })).Must(200).Json.GetProperty("roles").GetRawText());
        (await ict.PutAsync($"staff/{teacher.Id}/roles", new { roles = Array.Empty<string>() })).MustRefuse(422, "invalid");
        (await teacher.PutAsync($"staff/{teacher.Id}/roles", new { roles = new[] { "head" } })).MustRefuse(403, "role-may-not");
        (await (await (await api.SchoolAsync()).IctAsync()).PutAsync($"staff/{teacher.Id}/roles", new { roles = new[] { "head" } })).MustRefuse(404, "not-found");
        (await ict.PutAsync($"staff/{ict.Id}/roles", new { roles = new[] { "head" } })).MustRefuse(409, "last-ict");
        Assert.Contains("staff.roles-changed", await api.Records.EventsAsync(school.Id));
    }

    [Fact]
    public async Task Two_ict_leads_who_take_the_role_from_one_another_leave_one()
    {
        var school = await api.SchoolAsync();
        var (one, other) = (await school.IctAsync(), await school.PersonAsync(Role.Ict, "Another ICT lead"));
        var replies = await Task.WhenAll(
            one.PutAsync($"staff/{other.Id}/roles", new { roles = new[] { "head" } }), other.PutAsync($"staff/{one.Id}/roles", new { roles = new[] { "head" } }));
        Assert.Single(replies, reply => reply.Status == 200);
        Assert.Equal(1, await api.Records.ScalarAsync<long>("select count(*) from staff where school_id = $1 and 'ict' = any(roles)", school.Id));
    }

    [Fact]
    public async Task Whoever_becomes_head_goes_on_in_no_session_that_one_password_opened()
    {
        var school = await api.SchoolAsync();
        using var teacher = await school.VisitAsync(Role.Teacher);
        (await teacher.GetAsync("/activities")).Must(200);
        var id = (await school.TeacherAsync()).Id;
        (await (await school.IctAsync()).PutAsync($"staff/{id}/roles", new { roles = new[] { "editor" } })).Must(200);
        Assert.Equal("/channels", (await teacher.GetAsync("/channels")).Must(200).Path);
        (await (await school.IctAsync()).PutAsync($"staff/{id}/roles", new { roles = new[] { "head" } })).Must(200);
        Assert.StartsWith("/sign-in", (await teacher.GetAsync("/activities")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_is_read_in_the_order_of_its_chain_and_holds_no_names()
    {
        var school = await api.SchoolAsync();
        await school.ClearedPupilAsync();
        var ict = await school.IctAsync();
        await api.Records.SealAsync();
        var first = (await ict.GetAsync("audit?limit=3")).Must(200);
        Assert.Equal([1L, 2L, 3L], first.Items.Select(entry => entry.GetProperty("position").GetInt64()));
        Assert.Equal("school.added", first.Items[0].GetProperty("event").GetString());
        var rest = (await ict.GetAsync($"audit?after={first.Next}")).Must(200);
        Assert.Equal(4, rest.Items[0].GetProperty("position").GetInt64());
        Assert.Contains(rest.Items, entry => entry.GetProperty("event").GetString() == "consent.recorded");
        foreach (var name in new[] { "Lovelace", "Hopper", "Ada" })
            Assert.DoesNotContain(name, first.Text + rest.Text, StringComparison.Ordinal);
        foreach (var role in new[] { Role.Teacher, Role.Office, Role.Editor, Role.Screener })
            (await (await school.AsAsync(role)).GetAsync("audit")).MustRefuse(403, "role-may-not");
    }
}
