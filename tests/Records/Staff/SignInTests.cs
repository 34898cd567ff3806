using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Records.Staff;

public sealed class SignInTests : IAsyncLifetime
{
    private const string Password = "correct horse 7 battery";
    private TestRecords records = null!;

    public async Task InitializeAsync() => records = await TestRecords.CreateAsync();

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task A_link_signs_in_once_even_if_two_open_it_at_once()
    {
        var (_, link) = await AddAsync();
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                return (await LinkAsync(link)).Secret;
            }
            catch (Refusal refused)
            {
                Assert.Equal("link-used", refused.Type);
                return null;
            }
        }));
        var secret = Assert.Single(opened, one => one is not null);
        var who = await records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(secret!, default));
        Assert.Equal([Role.Teacher, Role.Editor], who!.Actor.Roles);
    }

    [Fact]
    public async Task After_the_first_link_name_and_password_sign_in()
    {
        var (person, link) = await AddAsync();
        var first = await LinkAsync(link);
        Assert.True(first.NeedsPassword);
        await ChooseAsync(person, "grace", Password, first.Secret);
        var again = await PasswordAsync(" Grace ", Password);
        Assert.False(again.NeedsPassword);
        Assert.NotNull(await SessionAsync(first.Secret));

        await ChooseAsync(person, "grace", Password + "!", again.Secret);
        Assert.Null(await SessionAsync(first.Secret));
        Assert.NotNull(await SessionAsync(again.Secret));
        await records.RunAsync<Sessions>(it => it.OutAsync(again.Secret, default));
        Assert.Null(await SessionAsync(again.Secret));
    }

    [Theory]
    [InlineData("Right-7-ans", "at least 12")]
    [InlineData("onlyletters", "at least 12")]
    [InlineData("password1234", "easily guessed")]
    [InlineData("Password12345!", "easily guessed")]
    [InlineData("qwertyuiop123", "easily guessed")]
    [InlineData("iloveyou1234", "easily guessed")]
    [InlineData("letmeinletmein", "easily guessed")]
    [InlineData("aaaaaaaaaaaa", "more different characters")]
    [InlineData("graceh-graceh", "leave your name out")]
    [InlineData("vxq#nlw-GraceH-tzr!", "leave your name out")]
    public async Task P24_a_password_that_is_short_or_easily_guessed_is_refused(string password, string says)
    {
        var (person, _) = await AddAsync();
        var refused = await Assert.ThrowsAsync<Refusal>(() => ChooseAsync(person, "graceh", password, null));
        Assert.Equal("weak-password", refused.Type);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("my dog eats cake")]
    [InlineData("blaue Gießkanne über Mars")]
    [InlineData("vxq#nlw-tzr!")]
    public async Task P24_words_need_no_digit_and_no_sign(string password)
    {
        var (person, _) = await AddAsync();
        await ChooseAsync(person, "grace", password, null);
        Assert.False((await PasswordAsync("grace", password)).NeedsPassword);
    }

    [Fact]
    public async Task P24_what_stands_behind_sixty_characters_makes_a_password_no_better()
    {
        var (person, _) = await AddAsync();
        var good = string.Concat(Enumerable.Repeat("vxq#nlw-tz", 20));
        await ChooseAsync(person, "grace", good, null);
        Assert.Contains("easily guessed", (await Assert.ThrowsAsync<Refusal>(() => ChooseAsync(person, "grace", new string('x', 60) + good[..140], null))).Message, StringComparison.Ordinal);
        Assert.Contains("at most 200", (await Assert.ThrowsAsync<Refusal>(() => ChooseAsync(person, "grace", good + "v", null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P24_the_names_of_a_person_are_easily_guessed_whatever_they_are()
    {
        var (person, _) = await AddAsync("Xqvzlwyk Tzrbnmgh");
        Assert.Contains("easily guessed", (await Assert.ThrowsAsync<Refusal>(() => ChooseAsync(person, "head", "Xqvzlwyk1Tzrbnmgh", null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_signs_in_as_a_person_who_left()
    {
        var (person, link) = await AddAsync();
        var signedIn = await LinkAsync(link);
        await ChooseAsync(person, "grace", Password, signedIn.Secret);
        await records.RunAsync<StaffAdmin>(it => it.LeaveAsync(Act.OfSystem(person.SchoolId), person.Id, default));
        Assert.Null(await SessionAsync(signedIn.Secret));
        Assert.Equal("sign-in-failed", (await Assert.ThrowsAsync<Refusal>(() => PasswordAsync("grace", Password))).Type);
    }

    [Fact]
    public async Task The_first_link_makes_the_first_school_and_no_second()
    {
        var links = new[] { await FirstAsync(), await FirstAsync() };
        Assert.True(await records.RunAsync<FirstSchool, bool>(it => it.IsFirstAsync(links[0]!, default)));
        var redeemed = await Task.WhenAll(links.Select(async link =>
        {
            try
            {
                return (SignedIn?)await records.RunAsync<FirstSchool, SignedIn>(it =>
                    it.RedeemAsync(link!, "First Primary", "Ida", PolicyProfile.Strict, "Europe/London", default));
            }
            catch (Refusal refused)
            {
                Assert.Equal("link-used", refused.Type);
                return null;
            }
        }));
        var made = Assert.Single(redeemed, one => one is not null);
        Assert.Equal([Role.Ict], (await SessionAsync(made!.Secret))!.Actor.Roles);
        Assert.Null(await FirstAsync());
        Assert.Equal(["school.added", "staff.added", "staff.signed-in"], await records.EventsAsync(made.SchoolId));
    }

    [Fact]
    public async Task No_secret_is_kept()
    {
        var (person, link) = await AddAsync();
        var signedIn = await LinkAsync(link);
        await ChooseAsync(person, "grace", Password, null);
        var (token, _) = await records.TokenAsync(person.SchoolId, new NewToken(Role.Office));
        var kept = await records.ScalarAsync<string>("""
            select concat((select string_agg(t::text, ' ') from staff t), (select string_agg(t::text, ' ') from access_tokens t),
              (select string_agg(t::text, ' ') from sign_in_links t), (select string_agg(t::text, ' ') from sessions t),
              (select string_agg(t::text, ' ') from audit_entries t))
            """);
        foreach (var secret in new[] { link, signedIn.Secret, Password, token, token[3..] })
            Assert.DoesNotContain(secret, kept, StringComparison.Ordinal);
    }

    private async Task<(StaffMember Person, string Link)> AddAsync(string name = "Grace Hopper")
    {
        var school = await records.AddSchoolAsync();
        return await records.RunAsync<StaffAdmin, (StaffMember, string)>(it =>
            it.AddAsync(Act.OfSystem(school.Id), name, [Role.Teacher, Role.Editor], default));
    }

    private Task<string?> FirstAsync() => records.RunAsync<FirstSchool, string?>(it => it.LinkAsync(default));

    private Task<SignedIn> LinkAsync(string link) => records.RunAsync<SignIn, SignedIn>(it => it.WithLinkAsync(link, default));

    private Task<SignedIn> PasswordAsync(string name, string password) =>
        records.RunAsync<SignIn, SignedIn>(it => it.WithPasswordAsync(name, password, default));

    private Task ChooseAsync(StaffMember person, string name, string password, string? keep) =>
        records.RunAsync<PasswordChange>(it => it.SetAsync(TestRecords.ActOf(person), name, password, keep, default, Password));

    private Task<Recognised?> SessionAsync(string secret) => records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(secret, default));
}
