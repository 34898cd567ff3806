using System.Globalization;
using Microsoft.Playwright;
using PhotoGuard.Tests.Api.OpenId;
using PhotoGuard.Tests.Faults.Residue;

namespace PhotoGuard.Tests.Browser;

/// <summary>A real provider (oidc-provider), a real browser without scripts: from the link of the ICT lead to signing in by the school account.</summary>
public sealed class SchoolAccountStoriesTests(Chromium chromium) : IClassFixture<Chromium>
{
    [BrowserFact]
    public async Task A_teacher_links_the_school_account_and_signs_in_by_it_also_after_the_provider_changed_its_keys()
    {
        var port = ServiceProcess.FreePort();
        await using var house = await OpenIdHouse.OpenAsync(new
        {
            name = "school", title = "Schoolhub", kind = "other", issuer = $"http://127.0.0.1:{port}", clientId = "photoguard", clientSecret = OpenIdHouse.ClientSecret,
        });
        var (_, link) = await house.PersonAsync();
        await using var teacher = await chromium.DesktopAsync(house.Nodes[0], other: port);
        await using (await ProviderAsync(port, house))
        {
            await teacher.SignInAsync(link);
            await teacher.OpenAsync("/your-sign-in");
            await teacher.Page.GetByText("Sign in with Schoolhub from now on").ClickAsync();
            await ConsentAsync(teacher);
            await teacher.SeesAsync("Your Schoolhub account signs you in.");
            await teacher.PressAsync("Sign out");
            await SignInAsync(teacher);
            await teacher.SeesAsync("What would you like to do?");
            await teacher.PressAsync("Sign out");
        }

        // Started again it has new keys, as a provider has every few weeks.
        await using (await ProviderAsync(port, house))
        {
            await SignInAsync(teacher);
            await teacher.SeesAsync("What would you like to do?");
        }
    }

    private static async Task<TiedProcess> ProviderAsync(int port, OpenIdHouse house)
    {
        var folder = Path.Combine(PhotosFolder.ProjectRoot, "tests", "oidc");
        var provider = TiedProcess.Start("env",
            ["-C", folder, "node", "provider.mjs", port.ToString(CultureInfo.InvariantCulture), .. house.Nodes.Select(node => $"{node}sign-in/from/school")]);
        while (await provider.Output.ReadLineAsync() is { } line)
            if (line == "ready") return provider;
        throw new InvalidOperationException("The provider did not start.");
    }

    private static async Task SignInAsync(Visitor teacher)
    {
        await teacher.OpenAsync("/sign-in");
        await teacher.ShootAsync("sign-in-school-account");
        await teacher.Page.GetByText("Sign in with Schoolhub").ClickAsync();
        await ConsentAsync(teacher);
    }

    /// <summary>The provider's own pages: who one is, and whether one agrees; none of them where it remembers both.</summary>
    private static async Task ConsentAsync(Visitor teacher)
    {
        var page = teacher.Page;
        var (login, agree, done) = (page.GetByPlaceholder("Enter any login"), page.GetByText("Continue"), page.Locator("header.top form"));
        while (true)
        {
            await login.Or(agree).Or(done).First.WaitForAsync();
            if (await done.CountAsync() > 0) return;
            if (await login.CountAsync() > 0)
            {
                await login.FillAsync("grace");
                await page.GetByPlaceholder("and password").FillAsync("x");
                await page.GetByRole(AriaRole.Button).First.ClickAsync();
            }
            else
            {
                await agree.First.ClickAsync();
            }

            await page.WaitForLoadStateAsync();
        }
    }
}
