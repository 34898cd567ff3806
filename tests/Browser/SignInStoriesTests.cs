using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;

namespace PhotoGuard.Tests.Browser;

/// <summary>People set up a second factor and sign in by it, at a real browser.</summary>
public sealed class SignInStoriesTests(TestApi api, Chromium chromium) : IClassFixture<TestApi>, IClassFixture<Chromium>
{
    // A passkey belongs to a name, and an address of digits is none.
    private readonly Uri address = new($"http://localhost:{api.Address.Port}");

    [BrowserFact]
    public async Task The_head_makes_a_passkey_after_the_first_link_and_signs_in_by_it_from_then_on()
    {
        var school = await api.SchoolAsync();
        await using var head = await chromium.DesktopAsync(address, scripts: true);
        var authenticator = await AuthenticatorAsync(head.Page);
        await head.SignInAsync(await school.LinkAsync(Role.Head));
        await head.SeesAsync("Your role needs a second way to prove who you are");
        await head.OpenAsync("/your-sign-in");
        await head.ShootAsync("your-sign-in-empty");
        await head.Page.GetByLabel("What you call it").FillAsync("My telephone");
        await head.PressAsync("Add a passkey");
        await head.SeesAsync("My telephone");
        await head.SeesAsync("Your recovery codes");
        await head.ShootAsync("your-sign-in-passkey");

        await head.PressAsync("Sign out");
        await head.ShootAsync("sign-in");
        await head.PressAsync("Sign in with a passkey");
        await head.SeesAsync("What would you like to do?");
        Assert.DoesNotContain("second way to prove", await head.WordsAsync(), StringComparison.Ordinal);
        await head.OpenAsync("/your-sign-in");
        await head.SeesAsync("by passkey");

        // A device whose person it does not know, e.g. a telephone that lies open, is not enough.
        await head.PressAsync("Sign out");
        await authenticator.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = Id, ["isUserVerified"] = false });
        await head.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await head.Page.GetByText("That did not work.").WaitForAsync();
        Assert.StartsWith("/sign-in", await PathAsync(head), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_passkey_that_was_removed_signs_in_nobody()
    {
        var school = await api.SchoolAsync();
        await using var teacher = await chromium.DesktopAsync(address, scripts: true);
        await AuthenticatorAsync(teacher.Page);
        await teacher.SignInAsync(await school.LinkAsync(Role.Teacher));
        await teacher.OpenAsync("/your-sign-in");
        await teacher.PressAsync("Add a passkey");
        await teacher.PressAsync("Remove");
        await teacher.PressAsync("Sign out");
        await teacher.PressAsync("Sign in with a passkey");
        await teacher.SeesAsync("That passkey is not known here.");
    }

    [BrowserFact]
    public async Task The_office_sets_up_an_app_signs_in_with_its_code_and_once_with_a_code_on_paper()
    {
        var school = await api.SchoolAsync();
        await using var office = await chromium.DesktopAsync(address);
        await office.SignInAsync(await school.LinkAsync(Role.Office));
        await office.OpenAsync("/sign-in-name");
        await office.Page.GetByLabel("Sign-in name").FillAsync("office.one");
        await office.Page.GetByLabel("Password", new() { Exact = false }).Last.FillAsync("correct horse 7 battery");
        await office.PressAsync("Save");
        await office.PressAsync("Set up an app");
        await office.ShootAsync("your-sign-in-app");
        var secret = Regex.Match(await office.WordsAsync(), "key into the app: ([A-Z2-7 ]+)").Groups[1].Value.Replace(" ", "", StringComparison.Ordinal);
        await office.Page.GetByLabel("The code that it shows now").FillAsync("000000");
        await office.PressAsync("Use this app");
        await office.SeesAsync("That code is not right");
        Assert.Equal(secret, Regex.Match(await office.WordsAsync(), "key into the app: ([A-Z2-7 ]+)").Groups[1].Value.Replace(" ", "", StringComparison.Ordinal));
        await office.Page.GetByLabel("The code that it shows now").FillAsync(Code(secret, 0));
        await office.PressAsync("Use this app");
        var paper = (await office.Page.Locator(".codes code").AllInnerTextsAsync())[0];
        await office.ShootAsync("your-sign-in-codes");

        await office.PressAsync("Sign out");
        await PasswordAsync(office);
        await office.ShootAsync("sign-in-code");
        await office.OpenAsync("/pupils");
        Assert.StartsWith("/sign-in", await PathAsync(office), StringComparison.Ordinal);
        await PasswordAsync(office);
        await office.Page.GetByLabel("Code").FillAsync(Code(secret, 30));
        await office.PressAsync("Go on");
        await office.SeesAsync("What would you like to do?");

        await office.PressAsync("Sign out");
        await PasswordAsync(office);
        await office.Page.GetByLabel("Code").FillAsync(paper);
        await office.PressAsync("Go on");
        await office.OpenAsync("/your-sign-in");
        await office.SeesAsync("9 codes are left.");
    }

    private const string Id = "authenticatorId";

    /// <summary>Chromium's virtual authenticator: a telephone with a finger on it.</summary>
    private static async Task<Authenticator> AuthenticatorAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true,
                ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        return new(session, added!.Value.GetProperty(Id).GetString()!);
    }

    private sealed record Authenticator(ICDPSession Session, string Name)
    {
        public Task SendAsync(string method, Dictionary<string, object> arguments)
        {
            arguments[Id] = Name;
            return Session.SendAsync(method, arguments);
        }
    }

    private static async Task PasswordAsync(Visitor visitor)
    {
        await visitor.OpenAsync("/sign-in");
        await visitor.Page.GetByLabel("Sign-in name").FillAsync("office.one");
        await visitor.Page.GetByLabel("Password").FillAsync("correct horse 7 battery");
        await visitor.PressAsync("Sign in");
        await visitor.SeesAsync("Now the second step");
    }

    private static string Code(string secret, int ahead) =>
        new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(ahead));

    private static Task<string> PathAsync(Visitor visitor) => Task.FromResult(new Uri(visitor.Page.Url).PathAndQuery);
}
