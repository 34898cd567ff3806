using System.Net;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;

namespace PhotoGuard.Tests.Records.Staff;

/// <summary>How long a session lasts, who ends it, and what it does not open (docs/sign-in.md).</summary>
public sealed class SessionsTests : IAsyncLifetime
{
    private const string Password = "correct horse 7 battery";
    private TestRecords records = null!;

    public async Task InitializeAsync() => records = await TestRecords.CreateAsync();

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Theory]
    [InlineData("seen_at = seen_at - interval '119 minutes'", true)]
    [InlineData("seen_at = seen_at - interval '121 minutes'", false)]
    [InlineData("expires_at = expires_at - interval '719 minutes'", true)]
    [InlineData("expires_at = expires_at - interval '721 minutes'", false)]
    public async Task It_ends_after_two_hours_without_use_and_after_twelve_however_busy(string passed, bool lives)
    {
        var (_, session) = await AddAsync();
        await records.ExecuteAsync($"update sessions set {passed}");
        Assert.Equal(lives, await IsOpenAsync(session));
    }

    [Fact]
    public async Task A_person_sees_where_they_are_signed_in_and_ends_one_or_all_others_and_nobody_elses()
    {
        var (person, here) = await AddAsync();
        await ChooseAsync(person, Password, here);
        var (away, third) = (await PasswordAsync(), await PasswordAsync());
        var (stranger, _) = await AddAsync("Alan Turing", person.SchoolId);

        var seen = await records.RunAsync<Sessions, IReadOnlyList<SessionSeen>>(it => it.ListAsync(TestRecords.ActOf(person), here, default));
        Assert.Equal(3, seen.Count);
        Assert.Single(seen, session => session.Here);
        var id = Convert.ToHexString(Secret.Hash(away));
        await records.RunAsync<Sessions>(it => it.EndAsync(TestRecords.ActOf(stranger), id, null, default));
        Assert.True(await IsOpenAsync(away));
        await records.RunAsync<Sessions>(it => it.EndAsync(TestRecords.ActOf(person), id, here, default));
        Assert.Equal((false, true, true), (await IsOpenAsync(away), await IsOpenAsync(third), await IsOpenAsync(here)));
        await records.RunAsync<Sessions>(it => it.EndAsync(TestRecords.ActOf(person), null, here, default));
        Assert.Equal((false, true), (await IsOpenAsync(third), await IsOpenAsync(here)));
    }

    [Fact]
    public async Task Whoever_finds_a_signed_in_browser_does_not_change_its_password_and_guesses_no_better_there()
    {
        var (person, first) = await AddAsync();
        await ChooseAsync(person, Password, first);
        var found = await PasswordAsync();
        var tries = new List<string>();
        for (var guess = 0; guess < 12; guess++) tries.Add((await Assert.ThrowsAsync<Refusal>(() => ChooseAsync(person, "a thief chose 9 this", found, $"a wrong one {guess}"))).Type);
        Assert.Equal((10, 2), (tries.Count(type => type == "sign-in-failed"), tries.Count(type => type == "slow-down")));
        Assert.True(await IsOpenAsync(await PasswordAsync()));
    }

    [Theory]
    [InlineData("Correct horse 7 battery")]
    [InlineData("correct horse 7 battery ")]
    [InlineData(" correct horse 7 battery")]
    [InlineData("correct horse 7 batter")]
    public async Task A_password_counts_as_it_was_typed(string other)
    {
        var (person, session) = await AddAsync();
        await ChooseAsync(person, Password, session);
        Assert.Equal("sign-in-failed", (await Assert.ThrowsAsync<Refusal>(() => PasswordAsync(other))).Type);
    }

    [Fact]
    public async Task A_long_password_counts_to_its_last_character()
    {
        var (person, session) = await AddAsync();
        var good = string.Concat(Enumerable.Repeat("vxq#nlw-tz", 20));
        await ChooseAsync(person, good, session);
        Assert.Equal("sign-in-failed", (await Assert.ThrowsAsync<Refusal>(() => PasswordAsync(good[..199] + "y"))).Type);
        Assert.True(await IsOpenAsync(await PasswordAsync(good)));
    }

    [Fact]
    public void Its_secret_has_256_random_bits()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => Secret.New()).ToList();
        Assert.All(secrets, secret => Assert.Equal(43, secret.Length));
        Assert.Equal(1000, secrets.Distinct().Count());
    }

    /// <summary>A teacher, and the session that their link began.</summary>
    private async Task<(StaffMember Person, string Session)> AddAsync(string name = "Grace Hopper", Guid? school = null)
    {
        school ??= (await records.AddSchoolAsync()).Id;
        var (person, link) = await records.RunAsync<StaffAdmin, (StaffMember, string)>(it => it.AddAsync(Act.OfSystem(school.Value), name, [Role.Teacher], default));
        return (person, (await records.RunAsync<SignIn, SignedIn>(it => it.WithLinkAsync(link, default))).Secret);
    }

    private async Task<string> PasswordAsync(string password = Password) =>
        (await records.RunAsync<SignIn, SignedIn>(it => it.WithPasswordAsync("grace", password, default, new(Address: IPAddress.Loopback)))).Secret;

    private Task ChooseAsync(StaffMember person, string password, string keep, string? current = null) =>
        records.RunAsync<PasswordChange>(it => it.SetAsync(TestRecords.ActOf(person), "grace", password, keep, default, current));

    private async Task<bool> IsOpenAsync(string secret) => await records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(secret, default)) is not null;
}
