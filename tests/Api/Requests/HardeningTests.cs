using System.Net;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;

namespace PhotoGuard.Tests.Api.Requests;

/// <summary>What a browser is told about our answers, and what it may not send us (OWASP ASVS 5.0, V3).</summary>
public sealed class HardeningTests(TestApi api) : IClassFixture<TestApi>
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://example.org")]
    [InlineData("Origin", "null")]
    public async Task A_form_that_another_site_sent_does_nothing_even_with_the_right_seal(string header, string value)
    {
        var school = await api.SchoolAsync();
        using var browser = new Browser(api.Address);
        await SignInAsync(browser, await school.LinkAsync(Role.Teacher));
        var seal = await browser.SealAsync("/activities/new");
        var activity = new Dictionary<string, string> { ["seal"] = seal, ["title"] = "Forged", ["purpose"] = "None", ["heldOn"] = "2026-11-01", ["afterwards"] = "None" };
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/activities/new", activity, (header, value))).StatusCode);
        Assert.DoesNotContain("Forged", await browser.TextAsync("/activities"), StringComparison.Ordinal);
        activity["title"] = "Real";
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync("/activities/new", activity, ("Sec-Fetch-Site", "same-origin"), ("Origin", browser.Origin))).StatusCode);
        Assert.Contains("Real", await browser.TextAsync("/activities"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_runs_what_it_names_by_a_word_that_is_new_each_time_and_nothing_else_runs_anything()
    {
        using var browser = new Browser(api.Address);
        var policies = new List<string>();
        for (var look = 0; look < 2; look++)
        {
            using var page = await browser.GetAsync("/sign-in");
            var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            var nonce = policy.Split("script-src 'nonce-")[1].Split('\'')[0];
            Assert.Contains($"nonce=\"{nonce}\" src=\"/passkeys.js", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            policies.Add(policy);
        }

        Assert.NotEqual(policies[0], policies[1]);
        using var json = await browser.GetAsync("/openapi/v1.json");
        Assert.DoesNotContain("script-src", Assert.Single(json.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_says_that_no_other_site_may_show_it_and_nothing_may_keep_it()
    {
        using var browser = new Browser(api.Address);
        foreach (var path in new[] { "/sign-in", "/nowhere", "/api/v1/me", "/healthz" })
        {
            using var answer = await browser.GetAsync(path);
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
            Assert.Contains("geolocation=()", Assert.Single(answer.Headers.GetValues("Permissions-Policy")), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Signing_out_empties_the_browser_and_the_cookie_of_before_opens_nothing()
    {
        var school = await api.SchoolAsync();
        using var browser = new Browser(api.Address);
        await SignInAsync(browser, await school.LinkAsync(Role.Head));
        var stolen = browser.Cookie("photoguard");
        using var thief = new Browser(api.Address);
        thief.Plant("photoguard", stolen);
        Assert.Contains("To take down", await thief.TextAsync("/"), StringComparison.Ordinal);

        using var left = await browser.PostAsync("/sign-out", new() { ["seal"] = await browser.SealAsync("/removals") });
        Assert.Equal("\"cache\", \"storage\"", Assert.Single(left.Headers.GetValues("Clear-Site-Data")));
        foreach (var one in new[] { browser, thief }) Assert.Equal(HttpStatusCode.Redirect, (await one.GetAsync("/removals")).StatusCode);
    }

    [Fact]
    public async Task A_cookie_that_was_planted_before_the_sign_in_is_not_the_one_after_it()
    {
        var school = await api.SchoolAsync();
        using var browser = new Browser(api.Address);
        browser.Plant("photoguard", "planted-by-somebody-else-00000000000000000");
        await SignInAsync(browser, await school.LinkAsync(Role.Head));
        Assert.NotEqual("planted-by-somebody-else-00000000000000000", browser.Cookie("photoguard"));
        using var thief = new Browser(api.Address);
        thief.Plant("photoguard", "planted-by-somebody-else-00000000000000000");
        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync("/removals")).StatusCode);
    }

    [Fact]
    public async Task Whoever_signs_in_again_in_a_browser_ends_the_session_before()
    {
        var school = await api.SchoolAsync();
        using var browser = new Browser(api.Address);
        await SignInAsync(browser, await school.LinkAsync(Role.Head));
        using var before = new Browser(api.Address);
        before.Plant("photoguard", browser.Cookie("photoguard"));
        await SignInAsync(browser, await school.LinkAsync(Role.Teacher));
        Assert.Equal(HttpStatusCode.Redirect, (await before.GetAsync("/removals")).StatusCode);
    }

    [Fact]
    public async Task A_quarter_of_an_hour_after_the_sign_in_nobody_gives_out_links_without_proving_again_who_they_are()
    {
        var school = await api.SchoolAsync();
        using var ict = new Browser(api.Address);
        await SignInAsync(ict, await school.LinkAsync(Role.Ict));
        await api.Records.ScalarAsync<int>("with c as (update sessions set proved_at = proved_at - interval '16 minutes' where school_id = $1 returning 1) select count(*)::int from c", school.Id);
        using var asked = await ict.PostAsync("/people", new() { ["seal"] = await ict.SealAsync("/people"), ["name"] = "Eve", ["roles"] = "Head" });
        Assert.Equal("/sign-in?again=true&to=%2Fpeople", asked.Headers.Location!.ToString());
        Assert.DoesNotContain("Eve", await ict.TextAsync("/people"), StringComparison.Ordinal);

        await SignInAsync(ict, await school.LinkAsync(Role.Ict));
        using var added = await ict.PostAsync("/people", new() { ["seal"] = await ict.SealAsync("/people"), ["name"] = "Eve", ["roles"] = "Head" });
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        Assert.Contains("Eve", await ict.TextAsync("/people"), StringComparison.Ordinal);
    }

    private static async Task SignInAsync(Browser browser, string link)
    {
        using var answer = await browser.PostAsync($"/sign-in/{link}", new() { ["seal"] = await browser.SealAsync($"/sign-in/{link}") });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>A browser whose cookies the test can see and plant, and which follows nothing by itself.</summary>
    private sealed class Browser(Uri address) : IDisposable
    {
        private readonly CookieContainer cookies = new();
        private HttpClient? http;

        public string Origin => address.GetLeftPart(UriPartial.Authority);

        public string Cookie(string name) => cookies.GetCookies(address)[name]!.Value;

        public void Plant(string name, string value) => cookies.Add(address, new Cookie(name, value));

        public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(new Uri(path, UriKind.Relative));

        public async Task<string> TextAsync(string path)
        {
            using var page = await GetAsync(path);
            return await page.Content.ReadAsStringAsync();
        }

        public async Task<string> SealAsync(string path) => (await TextAsync(path)).Split("name=\"seal\" value=\"")[1].Split('"')[0];

        public Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] headers)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new FormUrlEncodedContent(form) };
            foreach (var (name, value) in headers) request.Headers.Add(name, value);
            return Http.SendAsync(request);
        }

        public void Dispose() => http?.Dispose();

        private HttpClient Http => http ??= new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = address };
    }
}
