using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.Requests;

public sealed class RequestsTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Without_a_token_nothing_is_told()
    {
        foreach (var path in new[] { "pupils", "activities", "audit", "staff", "me", "pupils/p1/standing" })
        {
            var reply = (await api.Nobody.GetAsync(path)).MustRefuse(401, "sign-in-needed");
            Assert.Equal("Bearer", reply.Headers["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task A_token_that_is_unknown_expired_or_of_a_person_who_left_is_refused()
    {
        var school = await api.SchoolAsync();
        var unknown = new Person(api.Address, "pg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Guid.Empty);
        (await unknown.GetAsync("me")).MustRefuse(401, "sign-in-needed");

        var expired = await school.PersonAsync(Role.Office, expiresOn: TestSchool.Today.AddDays(-2));
        (await expired.GetAsync("me")).MustRefuse(401, "sign-in-needed");

        var leaver = await school.PersonAsync(Role.Office, "Leaver");
        (await leaver.GetAsync("me")).Must(200);
        await api.Records.RunAsync<StaffAdmin>(admin =>
            admin.LeaveAsync(Act.OfSystem(school.Id), leaver.Id, CancellationToken.None));
        (await leaver.GetAsync("me")).MustRefuse(401, "sign-in-needed");
    }

    [Fact]
    public async Task A_token_in_the_url_counts_for_nothing()
    {
        var school = await api.SchoolAsync();
        var token = await school.TokenAsync(Role.Office);
        (await api.Nobody.GetAsync($"pupils?access_token={token}&token={token}")).MustRefuse(401, "sign-in-needed");
    }

    [Fact]
    public async Task A_token_for_one_channel_reaches_nothing_else()
    {
        var school = await api.SchoolAsync();
        var program = await school.PersonAsync(Role.Editor, channel: Channel.Website);
        (await program.GetAsync("activities")).MustRefuse(403, "token-for-one-channel");
        (await program.GetAsync("me")).MustRefuse(403, "token-for-one-channel");
        (await program.PostTextAsync("activities", "{")).MustRefuse(403, "token-for-one-channel");
    }

    [Fact]
    public async Task A_token_on_a_revoked_device_is_refused()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.PersonAsync(Role.Teacher, device: "iPad 7");
        (await teacher.GetAsync("activities")).Must(200);
        await api.Records.RunAsync<DeviceDesk>(desk =>
            desk.RevokeAsync(Act.OfSystem(school.Id), "iPad 7", CancellationToken.None));
        (await teacher.GetAsync("activities")).MustRefuse(401, "sign-in-needed");
    }

    [Fact]
    public async Task Json_that_cannot_be_read_is_told_apart_from_json_that_is_wrong()
    {
        var teacher = await (await api.SchoolAsync()).TeacherAsync();
        (await teacher.PostTextAsync("activities", "{\"title\": ")).MustRefuse(400, "malformed-json");
        (await teacher.PostTextAsync("activities", "")).MustRefuse(400, "malformed-json");
        (await teacher.PostTextAsync("activities", "[]")).MustRefuse(422, "invalid");
        (await teacher.PostTextAsync("activities", "null")).MustRefuse(422, "invalid");
        (await teacher.PostTextAsync("activities", "title=x", "application/x-www-form-urlencoded")).MustRefuse(415, "not-json");
        (await teacher.PostTextAsync("activities", $"{{\"title\": \"{new string('x', 1_100_000)}\"}}")).MustRefuse(413, "too-large");
    }

    [Theory]
    [InlineData("""{"purpose":"p","heldOn":"2026-05-01","channels":[],"afterwards":"a"}""", "'title' is missing.")]
    [InlineData("""{"title":7,"purpose":"p","heldOn":"2026-05-01","channels":[],"afterwards":"a"}""", "'title' is not written as expected.")]
    [InlineData("""{"title":null,"purpose":"p","heldOn":"2026-05-01","channels":[],"afterwards":"a"}""", "'title' is not written as expected.")]
    [InlineData("""{"title":"t","purpose":"p","heldOn":"1 May","channels":[],"afterwards":"a"}""", "'heldOn' is not written as expected.")]
    [InlineData("""{"title":"t","purpose":"p","heldOn":"2026-02-30","channels":[],"afterwards":"a"}""", "'heldOn' is not written as expected.")]
    [InlineData("""{"title":" ","purpose":"p","heldOn":"2026-05-01","channels":[],"afterwards":"a"}""", "Please fill in 'title'.")]
    [InlineData("""{"title":"\u0000","purpose":"p","heldOn":"2026-05-01","channels":[],"afterwards":"a"}""", "'title' holds characters that cannot be kept.")]
    public async Task What_is_wrong_is_told_by_the_name_of_its_field(string body, string sentence)
    {
        var teacher = await (await api.SchoolAsync()).TeacherAsync();
        var reply = (await teacher.PostTextAsync("activities", body)).MustRefuse(422, "invalid");
        Assert.Equal(sentence, reply.Json.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_channel_that_is_none_has_a_problem_of_its_own()
    {
        var teacher = await (await api.SchoolAsync()).TeacherAsync();
        (await teacher.PostTextAsync("activities", """{"title":"t","purpose":"p","heldOn":"2026-05-01","channels":["tiktok"],"afterwards":"a"}"""))
            .MustRefuse(422, "unknown-channel");
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_too()
    {
        var teacher = await (await api.SchoolAsync()).TeacherAsync();
        (await teacher.GetAsync("nothing")).MustRefuse(404, "not-found");
        (await teacher.GetAsync("activities/not-an-id")).MustRefuse(404, "not-found");
        (await teacher.GetAsync($"activities/{Guid.NewGuid()}")).MustRefuse(404, "not-found");
        (await teacher.DeleteAsync("activities")).MustRefuse(405, "method-not-allowed");
        (await teacher.GetAsync("pupils?class=%00")).MustRefuse(422, "invalid");
    }

    [Fact]
    public async Task Every_answer_is_kept_by_no_cache_and_guessed_at_by_no_browser()
    {
        foreach (var path in new[] { "/healthz", "/api/v1/pupils", "/openapi/v1.json" })
        {
            var headers = (await api.Nobody.GetAsync(path)).Headers;
            Assert.Equal(["no-store", "private"], headers["Cache-Control"].Split(", ").Order());
            Assert.Equal("nosniff", headers["X-Content-Type-Options"]);
            Assert.Contains("default-src 'none'", headers["Content-Security-Policy"], StringComparison.Ordinal);
            Assert.DoesNotContain("Server", headers.Keys);
        }
    }

    [Fact]
    public async Task Health_is_told_in_a_word()
    {
        Assert.Equal("ok", (await api.Nobody.GetAsync("/healthz")).Must(200).Text);
        Assert.Equal("ready", (await api.Nobody.GetAsync("/readyz")).Must(200).Text);
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        var description = (await api.Nobody.GetAsync("/openapi/v1.json")).Must(200).Json;
        var recording = description.GetProperty("paths").GetProperty("/api/v1/pupils/{misId}/consents").GetProperty("post");
        Assert.Equal("bearer", recording.GetProperty("security")[0].EnumerateObject().Single().Name);
        Assert.True(recording.TryGetProperty("requestBody", out _));
        Assert.True(recording.GetProperty("responses").TryGetProperty("201", out _));
        Assert.Contains("\"withdrawn\"", description.GetProperty("components").GetProperty("schemas").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_comes_in_parts_that_miss_nothing()
    {
        var school = await api.SchoolAsync();
        var office = await school.OfficeAsync();
        for (var number = 0; number < 5; number++) await school.PupilAsync();

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = (await office.GetAsync($"pupils?limit=2&after={after}")).Must(200);
            Assert.True(page.Items.Length <= 2);
            seen.AddRange(page.Items.Select(pupil => pupil.GetProperty("misId").GetString()!));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(["p1", "p2", "p3", "p4", "p5"], seen);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=501")]
    [InlineData("limit=many")]
    [InlineData("after=nonsense")]
    [InlineData("after=!!!")]
    public async Task A_part_of_a_list_that_cannot_be_is_refused(string query)
    {
        var office = await (await api.SchoolAsync()).OfficeAsync();
        (await office.GetAsync($"pupils?{query}")).MustRefuse(422, "invalid");
    }
}
