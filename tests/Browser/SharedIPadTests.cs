using System.Globalization;
using Microsoft.Playwright;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Browser;

/// <summary>An iPad that people share, at real browsers: enrolled by its camera or by typing, used, and handed on.</summary>
public sealed class SharedIPadTests(TestApi api, Chromium chromium) : IClassFixture<TestApi>, IClassFixture<Chromium>
{
    [BrowserFact]
    public async Task An_iPad_is_enrolled_by_its_QR_code_and_the_next_one_by_typing_a_code()
    {
        var school = await api.SchoolAsync();
        await using var ict = await chromium.DesktopAsync(api.Address);
        await ict.SignInAsync(await school.LinkAsync(Role.Ict));

        await using var first = await chromium.IPadAsync(api.Address);
        await AddAsync(ict, "iPad 07");
        await ict.ShootAsync("desktop-devices-code");
        await first.OpenAsync(await ScanAsync(ict));
        await first.ShootAsync("ipad-enrol");
        await first.PressAsync("Make this browser the device");
        await first.SeesAsync("This browser is the school's device now.");

        await using var second = await chromium.IPadAsync(api.Address);
        await AddAsync(ict, "iPad 08");
        var code = await ict.Page.InnerTextAsync(".code");
        await second.OpenAsync("/enrol");
        await second.Page.GetByLabel("Code").FillAsync(code.ToLowerInvariant());
        await second.PressAsync("Make this browser the device");
        await second.SeesAsync("This browser is the school's device now.");

        var activity = await school.ActivityAsync();
        foreach (var iPad in new[] { first, second })
        {
            await iPad.SignInAsync(await school.LinkAsync(Role.Teacher));
            await iPad.OpenAsync($"/activities/{activity}");
            await SendAsync(iPad);
            await iPad.SeesAsync("1 of 1 picture taken");
        }
        Assert.Equal(2L, await api.Records.ScalarAsync<long>("select count(distinct device_id) from photos where activity_id = $1", activity));
        await ict.OpenAsync("/devices");
        await ict.ShootAsync("desktop-devices");
        await ict.SeesAsync("last used");
    }

    [BrowserFact]
    public async Task Who_is_done_leaves_nothing_behind_the_back_button()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        await using var iPad = await OnDeviceAsync(school, "iPad 09");
        await iPad.OpenAsync($"/activities/{activity}");
        await iPad.SeesAsync("Sports day");
        await iPad.ShootAsync("ipad-shared");
        await iPad.PressAsync("I'm done");
        for (var back = 0; back < 3; back++)
        {
            await iPad.Page.GoBackAsync();
            Assert.DoesNotContain("Sports day", await iPad.WordsAsync(), StringComparison.Ordinal);
            Assert.StartsWith("/sign-in", new Uri(iPad.Page.Url).AbsolutePath, StringComparison.Ordinal);
        }
    }

    [BrowserFact]
    public async Task A_page_that_was_open_when_its_person_was_signed_out_sends_what_was_chosen_and_then_no_more()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        await using var iPad = await OnDeviceAsync(school, "iPad 10");
        await iPad.OpenAsync($"/activities/{activity}");
        await api.Records.ExecuteAsync("update sessions set seen_at = seen_at - interval '6 minutes' where school_id = $1", school.Id);

        await SendAsync(iPad);
        await iPad.SeesAsync("1 of 1 picture taken");
        Assert.DoesNotContain("Sports day", await iPad.WordsAsync(), StringComparison.Ordinal);
        await iPad.ShootAsync("ipad-continued");
        await iPad.PressAsync("I'm done, and everything is sent");
        await iPad.SeesAsync("nothing more can be sent in your name from here");
        await iPad.OpenAsync($"/activities/{activity}");
        Assert.StartsWith("/sign-in", new Uri(iPad.Page.Url).AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from upload_grants where school_id = $1 and ended_at is null", school.Id));
    }

    private async Task<Visitor> OnDeviceAsync(TestSchool school, string device)
    {
        var iPad = await chromium.IPadAsync(api.Address);
        await iPad.SignInAsync(await school.LinkAsync(Role.Teacher, device));
        return iPad;
    }

    private static async Task AddAsync(Visitor ict, string device)
    {
        await ict.OpenAsync("/devices");
        await ict.Page.Locator("form.sheet input[name=name]").First.FillAsync(device);
        await ict.PressAsync("Add and show its code");
    }

    /// <summary>What the iPad's camera reads from the ICT lead's screen, as a path of this test's api.</summary>
    private static async Task<string> ScanAsync(Visitor ict)
    {
        var modules = (await ict.Page.GetAttributeAsync("svg.qr", "viewBox"))!.Split(' ')[2];
        var read = QrReader.Read((await ict.Page.GetAttributeAsync("svg.qr path", "d"))!, int.Parse(modules, CultureInfo.InvariantCulture));
        Assert.NotNull(read);
        return new Uri(read).PathAndQuery;
    }

    private static async Task SendAsync(Visitor iPad)
    {
        await iPad.Page.SetInputFilesAsync("input[type=file]", [new FilePayload { Name = "IMG_0001.jpeg", MimeType = "image/jpeg", Buffer = TestPhotos.Picture() }]);
        await iPad.PressAsync("Send");
    }
}
