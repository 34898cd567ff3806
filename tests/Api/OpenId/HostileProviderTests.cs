using System.Net;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.OpenId;

/// <summary>Whatever a provider, or somebody between, sends: nobody is signed in by it, and a person understands the page (docs/decisions/0026).</summary>
public sealed class HostileProviderTests : IAsyncLifetime
{
    private HostileProvider provider = null!;
    private OpenIdHouse house = null!;

    public async Task InitializeAsync()
    {
        provider = await HostileProvider.StartAsync();
        object Told(string name, string kind, string issuer, string[]? tenants = null, string? domain = null) => new
        {
            name, title = name, kind, issuer = $"{provider.Address}{issuer}", tenants, hostedDomain = domain, clientId = "photoguard", clientSecret = OpenIdHouse.ClientSecret,
        };
        house = await OpenIdHouse.OpenAsync(
            Told("plain", "other", "plain"), Told("google", "google", "google", domain: "school.example"), Told("microsoft", "microsoft", "ms/{tenantid}/v2.0", ["t-1", "t-2"]));
    }

    public async Task DisposeAsync()
    {
        await house.DisposeAsync();
        await provider.DisposeAsync();
    }

    /// <summary>Every misdeed of a provider that is asked for a plain account that is known here.</summary>
    private static readonly string[] Misdeeds =
    [
        "changed after signing", "signed by another key", "signed by a key that is not told", "signed by nothing",
        "signed by nothing and said to be signed", "signed by the shared secret",
        "another nonce", "no nonce", "another issuer in the token", "another audience", "several audiences, asked for by another",
        "several audiences, asked for by nobody", "asked for by another", "expired", "not good yet", "no end", "nobody's", "no id_token", "id_token is no token",
        "token address fails", "token answer is no JSON", "token answer is huge", "no iss in the answer", "another iss in the answer",
        "state tampered with", "no state", "no code", "person said no",
    ];

    [Fact]
    public async Task Nothing_that_is_wrong_with_an_answer_signs_anybody_in()
    {
        await LinkedAsync("plain");
        var wrong = new List<string>();
        foreach (var misdeed in Misdeeds)
        {
            provider.Misdeed = null;
            Assert.Equal("/activities", await SignInAsync("plain"));
            provider.Misdeed = misdeed;
            using var browser = house.Browser();
            var (status, to, text) = await browser.GetAsync(await browser.ThroughAsync("plain"));
            if (status is not (HttpStatusCode.Unauthorized or HttpStatusCode.ServiceUnavailable)) wrong.Add($"{misdeed}: {status} {to}");
            else if (!text.Contains("school account", StringComparison.Ordinal)) wrong.Add($"{misdeed}: {text}");
            Assert.DoesNotContain("<script>", text.Replace("<script nonce", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
            if ((await browser.GetAsync("/activities")).Status != HttpStatusCode.Redirect) wrong.Add($"{misdeed}: signed in");
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task An_answer_serves_once_and_only_in_the_browser_that_asked()
    {
        await LinkedAsync("plain");
        using var browser = house.Browser();
        using var thief = house.Browser();
        var back = await browser.ThroughAsync("plain");
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync(back)).Status);
        await thief.ThroughAsync("plain");
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync(back)).Status);
        // The thief had the code redeemed by nobody: the first browser still gets in, and then never again by this answer.
        Assert.Equal("/activities", (await browser.GetAsync(back)).To);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(back)).Status);
    }

    [Fact]
    public async Task A_provider_that_describes_itself_as_another_is_not_asked()
    {
        provider.Misdeed = "describes itself as another";
        using var browser = house.Browser();
        var (status, _, text) = await browser.GetAsync(await browser.ThroughAsync("plain"));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("school account did not work", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_Google_an_account_of_another_domain_or_of_none_is_refused()
    {
        provider.Claims["hd"] = "school.example";
        await LinkedAsync("google");
        Assert.Equal("/activities", await SignInAsync("google"));
        provider.Claims["hd"] = "other.example";
        Assert.Null(await SignInAsync("google"));
        provider.Claims.Remove("hd");
        Assert.Null(await SignInAsync("google"));
    }

    [Fact]
    public async Task Of_Microsoft_an_account_of_another_tenant_is_refused_and_people_are_told_apart_by_tenant_and_oid()
    {
        (provider.Claims["tid"], provider.Claims["oid"]) = ("t-1", "o-1");
        await LinkedAsync("microsoft");
        Assert.Equal("/activities", await SignInAsync("microsoft"));
        // The tenant of the token and its issuer do not belong together, though both tenants are the school's.
        provider.Claims["tid"] = "t-2";
        Assert.Null(await SignInAsync("microsoft"));
        provider.Claims["tid"] = "t-3";
        Assert.Null(await SignInAsync("microsoft"));
        provider.Claims.Remove("tid");
        Assert.Null(await SignInAsync("microsoft"));
        (provider.Claims["tid"], provider.Claims["oid"]) = ("t-1", "o-2");
        Assert.Null(await SignInAsync("microsoft"));
        provider.Claims.Remove("oid");
        Assert.Null(await SignInAsync("microsoft"));
    }

    [Fact]
    public async Task An_account_that_is_nobodys_makes_nobody_and_a_leavers_signs_in_nobody()
    {
        using var browser = house.Browser();
        var (status, _, text) = await browser.GetAsync(await browser.ThroughAsync("plain"));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("not known here yet", text, StringComparison.Ordinal);

        var person = await LinkedAsync("plain");
        Assert.Equal("/activities", await SignInAsync("plain"));
        await house.Records.RunAsync<StaffAdmin>(it => it.LeaveAsync(Act.OfSystem(person.SchoolId), person.Id, default));
        Assert.Null(await SignInAsync("plain"));
    }

    [Fact]
    public async Task The_same_address_of_somebody_new_is_not_the_person_before()
    {
        provider.Claims["email"] = "grace@school.example";
        await LinkedAsync("plain");
        provider.Subject = "s-2";
        Assert.Null(await SignInAsync("plain"));
    }

    [Fact]
    public async Task Nobody_links_their_own_account_to_somebody_elses_session()
    {
        // The attacker begins in their own session and has the victim's browser bring the answer.
        var (_, mine) = await house.PersonAsync();
        using var attacker = house.Browser();
        await attacker.ByLinkAsync(mine);
        var back = await attacker.ThroughAsync("plain", link: true);
        var (victim, theirs) = await house.PersonAsync();
        using var browser = house.Browser();
        await browser.ByLinkAsync(theirs);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(back)).Status);
        Assert.Equal(0, await house.Records.ScalarAsync<long>("select count(*) from staff_identities where staff_id = $1", victim.Id));

        // Whoever signs in as somebody else in between does not get the account either.
        back = await attacker.ThroughAsync("plain", link: true);
        await attacker.ByLinkAsync((await house.PersonAsync()).Link);
        Assert.Equal(HttpStatusCode.Gone, (await attacker.GetAsync(back)).Status);
        Assert.Equal(0, await house.Records.ScalarAsync<long>("select count(*) from staff_identities"));
    }

    [Fact]
    public async Task An_account_belongs_to_one_person_and_no_longer_signs_in_once_it_is_unlinked()
    {
        await LinkedAsync("plain");
        using var other = house.Browser();
        await other.ByLinkAsync((await house.PersonAsync()).Link);
        var (status, _, text) = await other.GetAsync(await other.ThroughAsync("plain", link: true));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("belongs to somebody else", text, StringComparison.Ordinal);

        using var browser = house.Browser();
        await browser.GetAsync(await browser.ThroughAsync("plain"));
        await browser.PostAsync("/your-sign-in", "/your-sign-in?handler=unlink", ("with", "plain"));
        // The provider did not say when its person signed in, so that this act needed a fresh proof, and nothing was unlinked.
        Assert.Equal("/activities", await SignInAsync("plain"));
        provider.Claims["auth_time"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var again = house.Browser();
        await again.GetAsync(await again.ThroughAsync("plain"));
        await again.PostAsync("/your-sign-in", "/your-sign-in?handler=unlink", ("with", "plain"));
        Assert.Null(await SignInAsync("plain"));
    }

    [Fact]
    public async Task A_second_factor_that_the_provider_asked_for_is_not_asked_for_again_and_one_that_it_did_not_is()
    {
        await LinkedAsync("plain", Role.Head);
        Assert.Null(await SignInAsync("plain"));
        provider.Claims["amr"] = new[] { "pwd" };
        Assert.Null(await SignInAsync("plain"));
        provider.Claims["amr"] = new[] { "pwd", "mfa" };
        Assert.Equal("/activities", await SignInAsync("plain"));
    }

    [Theory]
    [InlineData("https://example.org/")]
    [InlineData("//example.org/")]
    [InlineData("/\\example.org")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_another_site_afterwards(string to)
    {
        await LinkedAsync("plain");
        using var browser = house.Browser();
        Assert.Equal("/", (await browser.GetAsync(await browser.ThroughAsync("plain", to: to))).To);
    }

    [Fact]
    public async Task What_began_at_one_node_ends_at_the_other()
    {
        await LinkedAsync("plain");
        using var browser = house.Browser();
        var back = new Uri(await browser.ThroughAsync("plain"));
        // One name in front of both, as a proxy is; cookies do not know of ports.
        Assert.Equal("/activities", (await browser.GetAsync(new UriBuilder(back) { Port = house.Nodes[1].Port }.ToString())).To);
    }

    [Fact]
    public async Task A_provider_that_is_down_is_told_so()
    {
        var away = await OpenIdHouse.OpenAsync(new { name = "plain", title = "Plain", kind = "other", issuer = "http://127.0.0.1:1", clientId = "photoguard", clientSecret = "x" });
        await using (away)
        {
            using var browser = away.Browser();
            var (status, _, text) = await browser.PostAsync("/sign-in", "/sign-in?handler=with", ("with", "plain"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("does not answer at the moment", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task No_other_site_begins_it()
    {
        using var browser = house.Browser();
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/sign-in", "/sign-in?handler=with", ("with", "plain"), ("seal", "of another"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync("/sign-in", "/sign-in?handler=with", ("with", "nowhere"))).Status);
    }

    /// <summary>A person who has linked the account that the provider gives now.</summary>
    private async Task<StaffMember> LinkedAsync(string name, Role role = Role.Teacher)
    {
        var (person, link) = await house.PersonAsync(role);
        using var browser = house.Browser();
        await browser.ByLinkAsync(link);
        var (status, to, text) = await browser.GetAsync(await browser.ThroughAsync(name, link: true));
        Assert.True(to == "/your-sign-in?said=saved", $"{status} {to} {text}");
        return person;
    }

    /// <returns>Where the person is once they are signed in; null where they are not.</returns>
    private async Task<string?> SignInAsync(string name)
    {
        using var browser = house.Browser();
        var (status, to, _) = await browser.GetAsync(await browser.ThroughAsync(name));
        var inside = (await browser.GetAsync("/activities")).Status == HttpStatusCode.OK;
        Assert.Equal(inside, status == HttpStatusCode.Redirect);
        return inside ? to : null;
    }
}
