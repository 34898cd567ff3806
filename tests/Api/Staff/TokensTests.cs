using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;

namespace PhotoGuard.Tests.Api.Staff;

/// <summary>Tokens of programs are listed, expire, and are taken away (P20).</summary>
public sealed class TokensTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task The_ict_lead_sees_what_is_used_takes_it_away_and_it_opens_nothing_from_then_on()
    {
        var school = await api.SchoolAsync();
        var (ict, website) = (await school.IctAsync(), await school.PersonAsync(Role.Editor, "Website", channel: Channel.Website));
        var listed = (await ict.GetAsync("tokens")).Must(200).Items.Single(it => it.GetProperty("person").GetString() == "Website");
        Assert.False(listed.TryGetProperty("usedAt", out _));
        Assert.Equal("website", listed.GetProperty("channel").GetString());
        (await website.GetAsync("channels/website/photos")).Must(200);
        listed = (await ict.GetAsync("tokens")).Items.Single(it => it.GetProperty("person").GetString() == "Website");
        Assert.True(listed.TryGetProperty("usedAt", out _));
        Assert.DoesNotContain("pg_", listed.ToString(), StringComparison.Ordinal);

        (await ict.PostAsync($"tokens/{listed.GetProperty("id").GetGuid()}/revocation")).Must(200);
        (await website.GetAsync("channels/website/photos")).MustRefuse(401, "sign-in-needed");
        Assert.DoesNotContain((await ict.GetAsync("tokens")).Items, it => it.GetProperty("person").GetString() == "Website");
    }

    [Fact]
    public async Task Nobody_else_sees_them_and_another_schools_are_nowhere()
    {
        var (school, strangers) = (await api.SchoolAsync(), await api.SchoolAsync());
        await school.HeadAsync();
        var token = (await (await school.IctAsync()).GetAsync("tokens")).Items[0].GetProperty("id").GetGuid();
        foreach (var role in Enum.GetValues<Role>().Except([Role.Ict]))
        {
            (await (await school.AsAsync(role)).GetAsync("tokens")).MustRefuse(403, "role-may-not");
            (await (await school.AsAsync(role)).PostAsync($"tokens/{token}/revocation")).MustRefuse(403, "role-may-not");
        }

        (await (await strangers.IctAsync()).PostAsync($"tokens/{token}/revocation")).MustRefuse(404, "not-found");
        Assert.DoesNotContain((await (await strangers.IctAsync()).GetAsync("tokens")).Items, it => it.GetProperty("id").GetGuid() == token);
    }

    [Fact]
    public async Task On_the_page_a_token_is_told_once_and_ends_on_its_day()
    {
        var school = await api.SchoolAsync();
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.PostToAsync("/tokens", "/tokens", ("name", "Website"), ("role", "Editor"), ("channel", "Website"), ("expiresOn", "2040-01-01"))).Must(422).MustSay("two years at most");
        var tomorrow = TestSchool.Today.AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var made = (await ict.PostToAsync("/tokens", "/tokens", ("name", "Website"), ("role", "Editor"), ("channel", "Website"), ("expiresOn", tomorrow))).Must(200);
        var token = made.Document.QuerySelector(".secret")!.TextContent;
        Assert.StartsWith("pg_", token, StringComparison.Ordinal);
        Assert.DoesNotContain(token, (await ict.GetAsync("/tokens")).Must(200).MustSay("Website").Words, StringComparison.Ordinal);
        var program = new Person(api.Address, token, Guid.Empty);
        (await program.GetAsync("channels/website/photos")).Must(200);
        await api.Records.ScalarAsync<int>("with c as (update access_tokens set expires_at = now() where expires_at is not null returning 1) select count(*)::int from c");
        (await program.GetAsync("channels/website/photos")).MustRefuse(401, "sign-in-needed");
    }
}
