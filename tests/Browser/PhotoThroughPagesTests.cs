using System.Globalization;
using Microsoft.Playwright;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Browser;

/// <summary>People at real browsers, without scripts: from the iPad to the website and down again.</summary>
public sealed class PhotoThroughPagesTests(TestApi api, Chromium chromium) : IClassFixture<TestApi>, IClassFixture<Chromium>
{
    [BrowserFact]
    public async Task Two_pictures_go_from_an_iPad_to_the_website_and_leave_it_when_consent_is_withdrawn()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        await school.ClearedPupilAsync(Channel.Website);
        var activity = await school.ActivityAsync(channels: [Channel.Website]);

        await using var teacher = await chromium.IPadAsync(api.Address);
        await teacher.SignInAsync(await school.LinkAsync(Role.Teacher, device: "iPad 07"));
        await teacher.ShootAsync("ipad-home");
        await SendAsync(teacher, activity);
        await NameAsync(teacher, activity, pupil.MisId);

        await using var screener = await chromium.DesktopAsync(api.Address);
        await screener.SignInAsync(await school.LinkAsync(Role.Screener));
        await ScreenAsync(screener);

        await using var editor = await chromium.DesktopAsync(api.Address);
        await editor.SignInAsync(await school.LinkAsync(Role.Editor));
        await Eventually.IsAsync("two pictures in the gallery", () => GalleryAsync(editor, 2));
        await editor.ShootAsync("desktop-gallery");
        await DownloadAsync(editor);

        await using var office = await chromium.DesktopAsync(api.Address);
        await office.SignInAsync(await school.LinkAsync(Role.Office));
        await WithdrawAsync(office, pupil.MisId, "Website", "2 pictures will no longer be shown here: Website. 1 copy that is known outside will have to be taken down.");

        Assert.True(await GalleryAsync(editor, 0));
        await editor.SeesAsync("No picture is cleared for this use");
        await TakeDownAsync(editor);

        await WithdrawAsync(office, pupil.MisId, "Inside the school", "2 pictures will be destroyed for good.");
        await teacher.OpenAsync($"/activities/{activity}");
        await teacher.SeesAsync("There are no pictures that you can see.");
    }

    private static async Task SendAsync(Visitor teacher, Guid activity)
    {
        await teacher.OpenAsync("/activities");
        await teacher.ShootAsync("ipad-activities");
        await teacher.OpenAsync($"/activities/{activity}");
        await teacher.ShootAsync("ipad-activity-empty");
        await teacher.Page.SetInputFilesAsync("input[type=file]",
        [
            new FilePayload { Name = "IMG_0001.jpeg", MimeType = "image/jpeg", Buffer = TestPhotos.Picture(1600, 1200) },
            new FilePayload { Name = "IMG_0002.jpeg", MimeType = "image/jpeg", Buffer = TestPhotos.Picture(1600, 1200) },
            new FilePayload { Name = "notes.jpg", MimeType = "image/jpeg", Buffer = "Not a picture."u8.ToArray() },
        ]);
        await teacher.PressAsync("Send");
        await teacher.ShootAsync("ipad-sent");
        await teacher.SeesAsync("2 of 3 pictures taken");
        await teacher.SeesAsync("Not taken.");
    }

    private static async Task NameAsync(Visitor teacher, Guid activity, string misId)
    {
        await Eventually.IsAsync("both pictures are prepared", async () =>
        {
            await teacher.OpenAsync($"/activities/{activity}");
            return await teacher.PicturesAsync() == 2;
        });
        await teacher.ShootAsync("ipad-activity");
        await teacher.LoadAfterAsync(() => teacher.Page.Locator("main .grid a").First.TapAsync());
        await teacher.ShootAsync("ipad-photo");
        foreach (var press in new[] { "Save and show the next picture", "Save" })
        {
            await teacher.Page.Locator($"input[value={misId}]").CheckAsync();
            await teacher.TapAsync("Nobody else can be recognised");
            await teacher.ShootAsync("ipad-photo-named");
            await teacher.PressAsync(press);
            await teacher.SeesAsync("Saved.");
        }

        await teacher.SeesAsync("Waiting for screening");
        await teacher.SeesAsync("Nobody has screened this picture yet. Ask a screener.");
    }

    private static async Task ScreenAsync(Visitor screener)
    {
        for (var waiting = 2; waiting > 0; waiting--)
        {
            await screener.OpenAsync("/screening");
            Assert.Equal(waiting, await screener.Page.Locator("main article").CountAsync());
            await screener.ShootAsync("desktop-screening");
            await screener.PressAsync("Accept");
            await screener.SeesAsync("The picture is accepted.");
        }

        await screener.SeesAsync("Nothing is waiting for you.");
    }

    private static async Task<bool> GalleryAsync(Visitor editor, int pictures)
    {
        await editor.OpenAsync("/channels/website");
        return await editor.PicturesAsync() == pictures;
    }

    private static async Task DownloadAsync(Visitor editor)
    {
        await editor.LoadAfterAsync(() => editor.Page.Locator("main .grid a").First.ClickAsync());
        await editor.ShootAsync("desktop-channel-picture");
        var download = await editor.Page.RunAndWaitForDownloadAsync(() => editor.Page.GetByText("Download for screens").ClickAsync());
        Assert.EndsWith("-web.jpg", download.SuggestedFilename, StringComparison.Ordinal);
        await download.DeleteAsync();
    }

    private static async Task WithdrawAsync(Visitor office, string misId, string channel, string told)
    {
        await office.OpenAsync("/pupils?name=ada");
        await office.ShootAsync("desktop-pupils");
        await office.OpenAsync($"/pupils/{misId}/answer");
        await office.TapAsync("Another guardian:");
        await office.Page.GetByLabel("Name of the other guardian").FillAsync("Grace Hopper");
        await office.TapAsync(channel);
        await office.TapAsync("No: withdrawn");
        await office.TapAsync("by phone");
        await office.Page.Locator("input[name=notice]").FillAsync("2026-09");
        await office.ShootAsync("desktop-answer");
        await office.PressAsync("Go on");
        await office.ShootAsync($"desktop-confirm-{channel.Replace(' ', '-').ToLower(CultureInfo.InvariantCulture)}");
        await office.SeesAsync(told);
        await office.PressAsync("Yes, record it");
        await office.SeesAsync("The answer is recorded and in force.");
        await office.ShootAsync("desktop-pupil");
    }

    private static async Task TakeDownAsync(Visitor editor)
    {
        await editor.OpenAsync("/removals");
        await editor.ShootAsync("desktop-removals");
        await editor.Page.GetByLabel("What did you see?").FillAsync("Looked at the page: it is gone");
        await editor.PressAsync("It is down");
        await editor.SeesAsync("Nothing has to be taken down.");
    }
}
