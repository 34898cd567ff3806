using System.Net;
using System.Net.Sockets;
using System.Text;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;

namespace PhotoGuard.Tests.Api.Requests;

/// <summary>What our answers say of themselves, what they do not tell, and what a request cannot make of them (docs/asvs.md).</summary>
public sealed class AnswersTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    [Fact]
    public async Task No_answer_opens_itself_to_another_site()
    {
        foreach (var path in new[] { "/sign-in", "/api/v1/me", "/api/v1/photos", "/openapi/v1.json", "/healthz", "/site.css" })
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            using var answer = await SendAsync(method, path, ("Origin", "https://example.org"), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Headers", "authorization"));
            Assert.DoesNotContain(answer.Headers.Concat(answer.Content.Headers), header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Every_answer_loads_nothing_of_others_and_tells_nobody_where_it_was_read()
    {
        foreach (var path in new[] { "/sign-in", "/nowhere", "/api/v1/me", "/site.css" })
        {
            using var answer = await SendAsync(HttpMethod.Get, path);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            foreach (var part in new[] { "default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'" }) Assert.Contains(part, policy, StringComparison.Ordinal);
            Assert.DoesNotContain("object-src", policy, StringComparison.Ordinal);
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Opener-Policy")));
        }
    }

    [Theory]
    [InlineData("/sign-in", "text/html; charset=utf-8")]
    [InlineData("/nowhere", "application/problem+json")]
    [InlineData("/site.css", "text/css; charset=utf-8")]
    [InlineData("/passkeys.js", "text/javascript; charset=utf-8")]
    [InlineData("/healthz", "text/plain; charset=utf-8")]
    [InlineData("/openapi/v1.json", "application/json; charset=utf-8")]
    public async Task It_says_what_it_is_and_how_it_is_written(string path, string type)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Nothing_is_sent_back_as_it_came_or_listed_or_lies_about()
    {
        foreach (var path in new[] { "/sign-in", "/api/v1/me", "/" })
        {
            using var traced = await SendAsync(HttpMethod.Trace, path, ("X-Canary", "canary-7c1f"));
            Assert.DoesNotContain("canary-7c1f", await traced.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.NotEqual("message/http", traced.Content.Headers.ContentType?.MediaType);
        }

        foreach (var path in new[] { "/.git/config", "/.git/HEAD", "/appsettings.json", "/wwwroot/", "/Pages/", "/blobs/", "/logs/", "/..%2f..%2fetc/passwd", "/site.css/..%2fapi.dll", "/keys/root.key" })
        {
            using var answer = await SendAsync(HttpMethod.Get, path);
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task A_request_with_two_lengths_is_no_place_to_hide_another_in()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, api.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /healthz HTTP/1.1\r\nHost: {api.Address.Authority}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            + $"GET /healthz HTTP/1.1\r\nHost: {api.Address.Authority}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var told = await reader.ReadToEndAsync();
        // One answer, and the connection is closed: what stands behind either end is no request (RFC 9112, 6.1).
        Assert.Single(told.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Connection: close", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_is_kept_from_scripts_and_from_forms_of_other_sites()
    {
        var school = await api.SchoolAsync();
        var link = $"/sign-in/{await school.LinkAsync(Role.Teacher)}";
        using var page = await SendAsync(HttpMethod.Get, link);
        var (seal, form) = ((await page.Content.ReadAsStringAsync()).Split("name=\"seal\" value=\"")[1].Split('"')[0], Assert.Single(page.Headers.GetValues("Set-Cookie")));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api.Address, link)) { Content = new FormUrlEncodedContent([new("seal", seal)]) };
        request.Headers.Add("Cookie", form.Split(';')[0]);
        using var signedIn = await Http.SendAsync(request);
        var cookies = signedIn.Headers.GetValues("Set-Cookie").ToList();
        var session = Assert.Single(cookies, cookie => cookie.StartsWith("photoguard=", StringComparison.Ordinal));
        Assert.All(cookies, cookie => Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("; samesite=lax", session, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("max-age", session, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(session.Split('=', ';')[1], await signedIn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_are_masked_and_may_come_from_a_password_manager()
    {
        var school = await api.SchoolAsync();
        using var teacher = await school.VisitAsync(Role.Teacher);
        foreach (var (path, kind) in new[] { ("/sign-in", "current-password"), ("/sign-in-name", "new-password") })
        {
            var field = (await teacher.GetAsync(path)).Document.QuerySelector("main input[name=password]")!;
            Assert.Equal(("password", kind), (field.GetAttribute("type"), field.GetAttribute("autocomplete")));
            Assert.False(field.HasAttribute("onpaste"));
        }
    }

    /// <summary>Texts that are something else wherever they are not treated as text.</summary>
    public static TheoryData<string> Texts =>
    [
        "'; drop table pupils; --", "\" or \"1\"=\"1", "%' or 1=1 --", "$1, $2", "{0} {{7*7}} ${7*7} @(7*7)", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
        "javascript:alert(1)", "../../../../etc/passwd", "$(id) `id` | id", "=cmd|' /C calc'!A0", "Set-Cookie: photoguard=x", "&lt;b&gt; &#x27;",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task What_is_typed_is_kept_and_shown_as_it_was_typed_and_is_nothing_else(string text)
    {
        var school = await api.SchoolAsync();
        var (teacher, office) = (await school.TeacherAsync(), await school.OfficeAsync());
        var activity = (await teacher.PostAsync("activities", new { title = text, purpose = text, heldOn = TestSchool.Today, channels = Array.Empty<string>(), afterwards = text })).Must(201).Id;
        (await office.PutAsync("pupils/p1", new { givenName = text, familyName = text, dateOfBirth = TestSchool.Today.AddYears(-8), className = text })).Must(201);
        Assert.Equal(text, (await teacher.GetAsync($"activities/{activity}")).Must(200).Json.GetProperty("title").GetString());
        var pupil = Assert.Single((await office.GetAsync($"pupils?class={Uri.EscapeDataString(text)}")).Must(200).Items);
        Assert.Equal((text, text), (pupil.GetProperty("givenName").GetString(), pupil.GetProperty("className").GetString()));
        Assert.Empty((await office.GetAsync($"pupils?class={Uri.EscapeDataString(text + "x")}")).Must(200).Items);

        using var visitor = await school.VisitAsync(Role.Teacher);
        var page = (await visitor.GetAsync($"/activities/{activity}")).Must(200);
        Assert.Contains(string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)), page.Words, StringComparison.Ordinal);
        Assert.Empty(page.Document.QuerySelectorAll("script:not([src]), [onerror], img[src=x], main b"));
    }

    [Fact]
    public async Task What_a_body_may_not_say_is_not_heard()
    {
        var school = await api.SchoolAsync();
        var (teacher, other) = (await school.TeacherAsync(), await api.SchoolAsync());
        var (id, stranger) = (Guid.NewGuid(), Guid.NewGuid());
        var made = (await teacher.PostAsync("activities", new
        {
            id, schoolId = other.Id, createdBy = stranger, approval = "approved", decision = "approved", state = "approved",
            title = "Sports day", purpose = "p", heldOn = TestSchool.Today, channels = Array.Empty<string>(), afterwards = "a",
        })).Must(201);
        Assert.NotEqual(id, made.Id);
        Assert.Equal((school.Id, teacher.Id), await RowAsync(made.Id));
        Assert.Equal(0, await api.Records.ScalarAsync<long>("select count(*) from activity_decisions where activity_id = $1", made.Id));
    }

    [Theory]
    [InlineData(Role.Safeguarding, "/holds", "/holds")]
    [InlineData(Role.Safeguarding, "/holds", "/holds?handler=export")]
    [InlineData(Role.Head, "/purges", "/purges")]
    [InlineData(Role.Head, "/purges", "/purges?handler=approve")]
    [InlineData(Role.Ict, "/restores", "/restores")]
    [InlineData(Role.Ict, "/tokens", "/tokens")]
    [InlineData(Role.Ict, "/people", "/people/{id}?handler=link")]
    [InlineData(Role.Ict, "/people", "/people/{id}?handler=reset")]
    [InlineData(Role.Ict, "/people", "/people/{id}?handler=leave")]
    [InlineData(Role.Teacher, "/your-sign-in", "/your-sign-in?handler=beginCodes")]
    [InlineData(Role.Teacher, "/your-sign-in", "/your-sign-in?handler=recovery")]
    [InlineData(Role.Teacher, "/your-sign-in", "/your-sign-in?handler=remove")]
    [InlineData(Role.Teacher, "/your-sign-in", "/your-sign-in?handler=end")]
    public async Task Whoever_sits_at_a_browser_that_was_left_open_is_asked_who_they_are(Role role, string page, string act)
    {
        var school = await api.SchoolAsync();
        using var visitor = await school.VisitAsync(role);
        await api.Records.ScalarAsync<int>("with c as (update sessions set proved_at = proved_at - interval '16 minutes' where school_id = $1 returning 1) select count(*)::int from c", school.Id);
        var id = (await school.AsAsync(Role.Teacher)).Id;
        var seal = (await visitor.GetAsync(page)).Must(200).Document.QuerySelector("input[name=seal]")!.GetAttribute("value")!;
        var asked = await visitor.SendAsync(act.Replace("{id}", id.ToString(), StringComparison.Ordinal), new FormUrlEncodedContent([new("seal", seal), new("id", id.ToString()), new("dryRun", "false")]));
        Assert.StartsWith("/sign-in?again=true", asked.Path, StringComparison.Ordinal);
    }

    private async Task<(Guid School, Guid Person)> RowAsync(Guid activity) => (
        await api.Records.ScalarAsync<Guid>("select school_id from activities where id = $1", activity),
        await api.Records.ScalarAsync<Guid>("select created_by from activities where id = $1", activity));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(api.Address, path));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }
}
