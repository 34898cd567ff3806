using System.Net;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;

namespace PhotoGuard.Tests.Records.Staff;

/// <summary>Whoever guesses is slowed, and nobody else is kept out (field/reliability.md, fault 66).</summary>
public sealed class GuessingTests : IAsyncLifetime
{
    private const string Password = "correct horse 7 battery";
    private static readonly Whence School = new(Address: IPAddress.Parse("198.51.100.7"));
    private TestRecords records = null!;

    public async Task InitializeAsync() => records = await TestRecords.CreateAsync();

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task From_however_many_addresses_ten_passwords_are_compared_in_a_quarter_of_an_hour()
    {
        await AddAsync();
        var ends = await Task.WhenAll(Enumerable.Range(0, 60).Select(guess => GuessAsync("grace", Stranger(guess))));
        Assert.Equal(10, ends.Count(type => type == "sign-in-failed"));
        Assert.Equal(50, ends.Count(type => type == "slow-down"));
    }

    [Fact]
    public async Task Meanwhile_its_person_signs_in_where_they_have_before_and_anywhere_in_the_school()
    {
        var known = await AddAsync();
        for (var guess = 0; guess < 12; guess++) await GuessAsync("grace", Stranger(guess));
        Assert.Equal("slow-down", await GuessAsync("grace", Stranger(999), Password));
        Assert.Null(await GuessAsync("grace", new(Known: known, Address: IPAddress.Parse("203.0.113.77")), Password));
        Assert.Null(await GuessAsync("grace", new(Address: IPAddress.Parse("198.51.100.200")), Password));
    }

    [Fact]
    public async Task A_pupil_who_guesses_inside_the_school_does_not_keep_a_teacher_from_their_own_iPad()
    {
        var known = await AddAsync();
        for (var guess = 0; guess < 12; guess++) await GuessAsync("grace", School);
        Assert.Equal("slow-down", await GuessAsync("grace", School, Password));
        Assert.Null(await GuessAsync("grace", School with { Known = known }, Password));
    }

    [Fact]
    public async Task A_browser_known_from_one_person_is_no_better_for_guessing_another()
    {
        await AddAsync();
        var other = await AddAsync("alan", await records.ScalarAsync<Guid>("select school_id from staff"));
        for (var guess = 0; guess < 10; guess++) await GuessAsync("grace", Stranger(guess));
        Assert.Equal("slow-down", await GuessAsync("grace", Stranger(3) with { Known = other }));
    }

    [Fact]
    public async Task One_who_tries_a_list_of_names_is_slowed_and_a_name_that_nobody_has_looks_like_any_other()
    {
        await AddAsync();
        var address = Stranger(1);
        var ends = new List<string?>();
        for (var name = 0; name < 70; name++) ends.Add(await GuessAsync(name == 3 ? "grace" : $"name{name}", address));
        Assert.Equal(60, ends.TakeWhile(type => type == "sign-in-failed").Count());
        Assert.All(ends.Skip(60), type => Assert.Equal("slow-down", type));
        Assert.Equal("sign-in-failed", await GuessAsync("grace", Stranger(2)));

        for (var guess = 0; guess < 10; guess++) Assert.Equal("sign-in-failed", await GuessAsync("nobody", Stranger(guess + 5)));
        Assert.Equal("slow-down", await GuessAsync("nobody", Stranger(99)));
    }

    [Fact]
    public async Task A_quarter_of_an_hour_later_it_is_forgotten_and_so_it_is_by_the_right_password()
    {
        await AddAsync();
        for (var guess = 0; guess < 9; guess++) await GuessAsync("grace", Stranger(guess));
        Assert.Null(await GuessAsync("grace", Stranger(50), Password));
        for (var guess = 0; guess < 10; guess++) Assert.Equal("sign-in-failed", await GuessAsync("grace", Stranger(guess)));
        Assert.Equal("slow-down", await GuessAsync("grace", Stranger(60), Password));
        await records.ExecuteAsync("update sign_in_tries set since = since - interval '16 minutes'");
        Assert.Null(await GuessAsync("grace", Stranger(61), Password));
    }

    [Fact]
    public async Task No_address_and_no_name_is_kept()
    {
        await AddAsync();
        await GuessAsync("nobody-here", Stranger(7));
        var kept = await records.ScalarAsync<string>("""
            select concat((select string_agg(t::text, ' ') from sign_in_tries t), (select string_agg(t::text, ' ') from known_networks t),
              (select string_agg(t::text, ' ') from known_browsers t), (select string_agg(t::text, ' ') from audit_entries t))
            """);
        foreach (var told in new[] { "nobody-here", "198.51.100", "C63364", "192.0.2", "grace" }) Assert.DoesNotContain(told, kept, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A teacher with a password, who has signed in at the school; the secret by which their browser is known.</summary>
    private async Task<string> AddAsync(string name = "grace", Guid? school = null)
    {
        school ??= (await records.AddSchoolAsync()).Id;
        var (person, link) = await records.RunAsync<StaffAdmin, (StaffMember, string)>(it => it.AddAsync(Act.OfSystem(school.Value), "Tom Hall", [Role.Teacher], default));
        var first = await records.RunAsync<SignIn, SignedIn>(it => it.WithLinkAsync(link, default, School));
        await records.RunAsync<PasswordChange>(it => it.SetAsync(TestRecords.ActOf(person), name, Password, first.Secret, default));
        return (await records.RunAsync<SignIn, SignedIn>(it => it.WithPasswordAsync(name, Password, default, School))).Known!;
    }

    private static Whence Stranger(int number) => new(Address: new IPAddress([192, (byte)(number / 200), (byte)(number % 200), 9]));

    /// <returns>The type of the refusal; null where it was right.</returns>
    private async Task<string?> GuessAsync(string name, Whence from, string password = "a wrong password")
    {
        try
        {
            await records.RunAsync<SignIn, SignedIn>(it => it.WithPasswordAsync(name, password, default, from));
            return null;
        }
        catch (Refusal refused)
        {
            return refused.Type;
        }
    }
}
