using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Records.Staff;

/// <summary>Who has to prove twice who they are (P14; docs/decisions/0029).</summary>
public sealed class SecondFactorRuleTests
{
    public static TheoryData<Role, bool> Needing => new()
    {
        { Role.Teacher, false }, { Role.Editor, false },
        { Role.Screener, true }, { Role.Office, true }, { Role.Safeguarding, true }, { Role.Head, true }, { Role.Ict, true },
    };

    [Theory]
    [MemberData(nameof(Needing))]
    public void A_password_alone_lets_in_who_sees_their_own_classes_only(Role role, bool needs)
    {
        Assert.Equal(needs ? AfterFirst.Refused : AfterFirst.In, SecondFactor.After(SignInWay.Password, false, [role], false));
        Assert.Equal(needs ? AfterFirst.Refused : AfterFirst.In, SecondFactor.After(SignInWay.SchoolAccount, false, [role, Role.Teacher], false));
        Assert.Equal(AfterFirst.In, SecondFactor.After(SignInWay.Link, false, [role], false));
    }

    [Fact]
    public void Who_has_a_second_factor_is_asked_for_it_whatever_their_role_and_however_they_came()
    {
        foreach (var role in Enum.GetValues<Role>())
        foreach (var way in Enum.GetValues<SignInWay>())
        {
            Assert.Equal(AfterFirst.Second, SecondFactor.After(way, false, [role], true));
            Assert.Equal(AfterFirst.In, SecondFactor.After(way, true, [role], true));
        }
    }
}

public sealed class SecondFactorTests : IAsyncLifetime
{
    private const string Password = "correct horse 7 battery";
    private TestRecords records = null!;

    public async Task InitializeAsync() => records = await TestRecords.CreateAsync();

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task The_office_signs_in_by_password_and_a_code_and_by_neither_alone()
    {
        var (person, secret, _) = await WithAppAsync();
        var half = await PasswordAsync();
        Assert.True(half.AwaitsSecond);
        Assert.Null(await SessionAsync(half.Secret));
        Assert.Equal("code-wrong", (await RefusedAsync(() => CodeAsync(half.Secret, "000000"))).Type);
        var whole = await CodeAsync(half.Secret, Next(secret));
        Assert.Equal(person.Id, (await SessionAsync(whole.Secret))!.Actor.StaffId);
        Assert.Equal("step-too-old", (await RefusedAsync(() => CodeAsync(half.Secret, Next(secret)))).Type);
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        var (_, secret, _) = await WithAppAsync();
        var code = Next(secret);
        var (one, other) = (await PasswordAsync(), await PasswordAsync());
        await CodeAsync(one.Secret, code);
        Assert.Equal("code-wrong", (await RefusedAsync(() => CodeAsync(other.Secret, code))).Type);
    }

    [Fact]
    public async Task Of_many_who_show_the_same_code_at_once_one_gets_in()
    {
        var (_, secret, _) = await WithAppAsync();
        var code = Next(secret);
        var steps = new[] { await PasswordAsync(), await PasswordAsync(), await PasswordAsync(), await PasswordAsync() };
        var ends = await Task.WhenAll(steps.Select(async step =>
        {
            try
            {
                return (await CodeAsync(step.Secret, code)).Secret;
            }
            catch (Refusal)
            {
                return null;
            }
        }));
        Assert.Single(ends, secret => secret is not null);
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once_however_it_is_typed()
    {
        var (_, _, codes) = await WithAppAsync();
        Assert.Equal(10, codes.Count);
        var half = await PasswordAsync();
        Assert.NotNull(await SessionAsync((await CodeAsync(half.Secret, $" {codes[0].ToUpperInvariant().Replace("-", " ", StringComparison.Ordinal)}")).Secret));
        var again = await PasswordAsync();
        Assert.Equal("code-wrong", (await RefusedAsync(() => CodeAsync(again.Secret, codes[0]))).Type);
        await CodeAsync(again.Secret, codes[1]);
    }

    [Fact]
    public async Task A_recovery_code_is_too_long_to_be_found_from_its_digest()
    {
        var (_, _, codes) = await WithAppAsync();
        Assert.All(codes, code => Assert.True(code.Count(char.IsLetterOrDigit) * Math.Log2(31) >= 112, code));
        Assert.Equal(codes.Count, codes.Distinct().Count());
    }

    [Fact]
    public async Task After_five_wrong_codes_the_password_is_asked_again()
    {
        var (_, secret, _) = await WithAppAsync();
        var half = await PasswordAsync();
        for (var guess = 0; guess < 5; guess++) Assert.Equal("code-wrong", (await RefusedAsync(() => CodeAsync(half.Secret, "123456"))).Type);
        Assert.Equal("step-too-old", (await RefusedAsync(() => CodeAsync(half.Secret, Next(secret)))).Type);
    }

    [Fact]
    public async Task Codes_are_guessed_no_faster_however_often_the_password_is_typed_again()
    {
        var (_, secret, _) = await WithAppAsync();
        var refused = new List<string>();
        for (var begun = 0; begun < 4; begun++)
        {
            var half = await PasswordAsync();
            for (var guess = 0; guess < 4; guess++) refused.Add((await RefusedAsync(() => CodeAsync(half.Secret, "123456"))).Type);
        }

        Assert.Equal(10, refused.Count(type => type == "code-wrong"));
        Assert.Equal(6, refused.Count(type => type == "slow-down"));
        var last = await PasswordAsync();
        Assert.Equal("slow-down", (await RefusedAsync(() => CodeAsync(last.Secret, Next(secret)))).Type);
    }

    [Fact]
    public async Task A_password_of_the_office_without_a_second_factor_opens_nothing()
    {
        var (person, link) = await AddAsync();
        await ChooseAsync(person, (await LinkAsync(link)).Secret);
        Assert.Equal("second-factor-missing", (await RefusedAsync(PasswordAsync)).Type);
        Assert.Equal(1, await records.ScalarAsync<long>("select count(*) from sessions"));
    }

    [Fact]
    public async Task A_new_link_replaces_the_password_and_not_the_second_factor()
    {
        var (person, secret, _) = await WithAppAsync();
        var half = await LinkAsync(await records.RunAsync<StaffAdmin, string>(it => it.LinkAsync(Act.OfSystem(person.SchoolId), person.Id, default)));
        Assert.True(half.AwaitsSecond);
        Assert.Null(await SessionAsync(half.Secret));
        Assert.NotNull(await SessionAsync((await CodeAsync(half.Secret, Next(secret))).Secret));
    }

    [Fact]
    public async Task The_ict_lead_takes_a_lost_second_factor_away_and_every_session_ends()
    {
        var (person, secret, _) = await WithAppAsync();
        var session = await CodeAsync((await PasswordAsync()).Secret, Next(secret));
        var (teacher, _) = await AddAsync(Role.Teacher, person.SchoolId);
        Assert.Equal("role-may-not", (await RefusedAsync(() => ResetAsync(TestRecords.ActOf(teacher), person))).Type);
        var (stranger, _) = await AddAsync(Role.Ict);
        Assert.Equal("not-found", (await RefusedAsync(() => ResetAsync(TestRecords.ActOf(stranger), person))).Type);
        Assert.NotNull(await SessionAsync(session.Secret));

        var (ict, _) = await AddAsync(Role.Ict, person.SchoolId);
        await ResetAsync(TestRecords.ActOf(ict), person);
        Assert.Null(await SessionAsync(session.Secret));
        Assert.Equal("second-factor-missing", (await RefusedAsync(PasswordAsync)).Type);
        Assert.Equal(0, await records.ScalarAsync<long>("select count(*) from recovery_codes"));
        Assert.Contains("staff.second-factor-reset", await records.EventsAsync(person.SchoolId));
    }

    [Fact]
    public async Task The_last_second_factor_of_who_needs_one_stays()
    {
        var (person, _, _) = await WithAppAsync();
        Assert.Equal("second-factor-needed", (await RefusedAsync(async () =>
        {
            await records.RunAsync<SecondFactors>(it => it.StopCodesAsync(TestRecords.ActOf(person), default));
            return new("", default, default, false);
        })).Type);
        Assert.True((await PasswordAsync()).AwaitsSecond);
    }

    [Fact]
    public async Task A_step_of_one_person_is_of_no_use_to_another()
    {
        var (one, _) = await AddAsync();
        var (other, _) = await AddAsync(school: one.SchoolId);
        var (secret, step) = await records.RunAsync<SecondFactors, (string, string)>(it => it.BeginCodesAsync(TestRecords.ActOf(one), default));
        Assert.Equal("step-too-old", (await RefusedAsync(async () =>
        {
            await records.RunAsync<SecondFactors, IReadOnlyList<string>>(it => it.ConfirmCodesAsync(TestRecords.ActOf(other), step, Now(secret), default));
            return new("", default, default, false);
        })).Type);
        Assert.False((await records.RunAsync<SecondFactors, SignInMeans>(it => it.ShowAsync(TestRecords.ActOf(other), default))).HasSecond);
    }

    [Fact]
    public async Task Neither_the_secret_nor_a_code_lies_in_the_records()
    {
        var (person, secret, codes) = await WithAppAsync();
        var half = await PasswordAsync();
        var kept = await records.ScalarAsync<string>("""
            select concat((select string_agg(t::text, ' ') from staff t), (select string_agg(t::text, ' ') from recovery_codes t),
              (select string_agg(t::text, ' ') from sign_in_steps t), (select string_agg(t::text, ' ') from known_browsers t),
              (select string_agg(t::text, ' ') from sign_in_tries t), (select string_agg(t::text, ' ') from audit_entries t))
            """);
        var bytes = Convert.ToHexString(OtpNet.Base32Encoding.ToBytes(secret));
        foreach (var told in new[] { secret, bytes, codes[0], codes[0].Replace("-", "", StringComparison.Ordinal), half.Secret })
            Assert.DoesNotContain(told, kept, StringComparison.OrdinalIgnoreCase);
        await records.RunAsync<StaffAdmin>(it => it.LeaveAsync(Act.OfSystem(person.SchoolId), person.Id, default));
        Assert.Equal(0, await records.ScalarAsync<long>(
            "select count(totp_secret) + count(password_hash) + (select count(*) from recovery_codes) + (select count(*) from sign_in_steps) from staff"));
    }

    private async Task<(StaffMember Person, string Link)> AddAsync(Role role = Role.Office, Guid? school = null)
    {
        school ??= (await records.AddSchoolAsync()).Id;
        return await records.RunAsync<StaffAdmin, (StaffMember, string)>(it => it.AddAsync(Act.OfSystem(school.Value), "Grace Hopper", [role], default));
    }

    /// <summary>Somebody of the office with a password and an app; they have used its first code.</summary>
    private async Task<(StaffMember Person, string Secret, IReadOnlyList<string> Codes)> WithAppAsync()
    {
        var (person, link) = await AddAsync();
        await ChooseAsync(person, (await LinkAsync(link)).Secret);
        var (secret, step) = await records.RunAsync<SecondFactors, (string, string)>(it => it.BeginCodesAsync(TestRecords.ActOf(person), default));
        return (person, secret, await records.RunAsync<SecondFactors, IReadOnlyList<string>>(it =>
            it.ConfirmCodesAsync(TestRecords.ActOf(person), step, Now(secret), default)));
    }

    private static string Now(string secret) => new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(secret)).ComputeTotp();

    /// <summary>The code after the present one, which a telephone that is fast shows already.</summary>
    private static string Next(string secret) =>
        new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30));

    private Task<SignedIn> LinkAsync(string link) => records.RunAsync<SignIn, SignedIn>(it => it.WithLinkAsync(link, default));

    private Task<SignedIn> PasswordAsync() => records.RunAsync<SignIn, SignedIn>(it => it.WithPasswordAsync("grace", Password, default));

    private Task<SignedIn> CodeAsync(string step, string code) => records.RunAsync<SignIn, SignedIn>(it => it.WithCodeAsync(step, code, default));

    private Task ChooseAsync(StaffMember person, string keep) =>
        records.RunAsync<PasswordChange>(it => it.SetAsync(TestRecords.ActOf(person), "grace", Password, keep, default));

    private async Task<SignedIn> ResetAsync(Act act, StaffMember person)
    {
        await records.RunAsync<SecondFactors>(it => it.ResetAsync(act, person.Id, default));
        return new("", default, default, false);
    }

    private Task<Recognised?> SessionAsync(string secret) => records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(secret, default));

    private static Task<Refusal> RefusedAsync(Func<Task<SignedIn>> operation) => Assert.ThrowsAsync<Refusal>(operation);
}
