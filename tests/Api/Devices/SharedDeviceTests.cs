using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Devices;

/// <summary>The shared iPad: who puts it down is signed out, and what they began to send goes on for a day, and nothing else does.</summary>
public sealed class SharedDeviceTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Who_does_nothing_for_five_minutes_is_out_on_a_device_and_not_at_a_desk()
    {
        var school = await api.SchoolAsync();
        using var iPad = await school.VisitOnAsync("iPad 07");
        using var desk = await school.VisitAsync(Role.Office);
        await RestAsync(school, "4 minutes 50 seconds");
        (await iPad.GetAsync("/activities")).Must(200);
        Assert.Equal("/activities", (await iPad.GetAsync("/activities")).Path);
        // That was use, so that it counts from there.
        await RestAsync(school, "4 minutes 50 seconds");
        Assert.Equal("/activities", (await iPad.GetAsync("/activities")).Path);
        await RestAsync(school, "5 minutes 1 second");
        Assert.StartsWith("/sign-in", (await iPad.GetAsync("/activities")).Path, StringComparison.Ordinal);
        Assert.Equal("/pupils", (await desk.GetAsync("/pupils")).Path);
        await RestAsync(school, "1 hour 59 minutes");
        Assert.Equal("/pupils", (await desk.GetAsync("/pupils")).Path);
        await RestAsync(school, "2 hours 1 second");
        Assert.StartsWith("/sign-in", (await desk.GetAsync("/pupils")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ict_lead_says_how_long_that_is_from_one_minute_to_sixty()
    {
        var school = await api.SchoolAsync();
        using var ict = await school.VisitAsync(Role.Ict);
        foreach (var wrong in new[] { "0", "61", "-5" }) (await ict.PostToAsync("/devices", "/devices?handler=idle", ("minutes", wrong))).Must(422);
        (await ict.PostToAsync("/devices", "/devices?handler=idle", ("minutes", "1"))).Must(200).MustSay("Saved.");
        using var iPad = await school.VisitOnAsync("iPad 07");
        await RestAsync(school, "50 seconds");
        Assert.Equal("/activities", (await iPad.GetAsync("/activities")).Path);
        await RestAsync(school, "61 seconds");
        Assert.StartsWith("/sign-in", (await iPad.GetAsync("/activities")).Path, StringComparison.Ordinal);
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from audit_entries where school_id = $1 and event = 'school.device-idle-changed'", school.Id));
    }

    [Fact]
    public async Task A_page_that_is_left_alone_on_a_device_goes_to_the_sign_in_page_by_itself_and_that_is_no_use()
    {
        var school = await api.SchoolAsync();
        using var iPad = await school.VisitOnAsync("iPad 07");
        var goes = (await iPad.GetAsync("/activities")).Document.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content")!;
        Assert.Equal("305;url=/sign-in?said=rested&to=%2Factivities", goes);
        using var desk = await school.VisitAsync(Role.Office);
        Assert.Null((await desk.GetAsync("/pupils")).Document.QuerySelector("meta[http-equiv=refresh]"));

        // Another page of the same session that goes there keeps the session no longer.
        await RestAsync(school, "4 minutes 50 seconds");
        await iPad.GetAsync(goes.Split("url=")[1]);
        await RestAsync(school, "10 seconds", more: true);
        (await iPad.GetAsync(goes.Split("url=")[1])).MustSay("because nobody used this device for a while");
        Assert.StartsWith("/sign-in", (await iPad.GetAsync("/activities")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Im_done_stands_on_every_page_on_a_device_and_ends_the_session()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        using var iPad = await school.VisitOnAsync("iPad 07");
        foreach (var path in new[] { "/", "/activities", $"/activities/{activity}", $"/activities/{activity}/pictures", "/activities/new" })
            Assert.Equal("I'm done", (await iPad.GetAsync(path)).Document.QuerySelector("header form[action='/sign-out'] button")?.TextContent);
        var seal = (await iPad.GetAsync("/")).Document.QuerySelector<IHtmlInputElement>("header input[name=seal]")!.Value;
        await iPad.SendAsync("/sign-out", new FormUrlEncodedContent([new("seal", seal)]));
        Assert.StartsWith("/sign-in", (await iPad.GetAsync($"/activities/{activity}")).Path, StringComparison.Ordinal);
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from sessions where school_id = $1", school.Id));
    }

    [Fact]
    public async Task The_cookie_of_a_session_that_began_on_a_device_is_worth_nothing_on_another_browser()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        var browser = await api.Records.RunAsync<PhotoGuard.Records.Devices.EnrolmentDesk, string>(desk => desk.WithAddressAsync(offer.Secret, default));
        var link = await school.LinkAsync(Role.Teacher);
        var session = (await api.Records.RunAsync<SignIn, SignedIn>(signIn => signIn.WithLinkAsync(link, default, new Whence(browser)))).Secret;
        foreach (var (cookies, status) in new[] { ($"photoguard={session}; photoguard-device={browser}", HttpStatusCode.OK), ($"photoguard={session}", HttpStatusCode.Redirect) })
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = api.Address };
            http.DefaultRequestHeaders.Add("Cookie", cookies);
            Assert.Equal(status, (await http.GetAsync(new Uri("/activities", UriKind.Relative))).StatusCode);
        }
    }

    [Fact]
    public async Task However_a_person_signed_in_they_are_on_the_device_that_their_browser_is()
    {
        var school = await api.SchoolAsync();
        var offer = await school.OfferAsync("iPad 07");
        var browser = await api.Records.RunAsync<PhotoGuard.Records.Devices.EnrolmentDesk, string>(desk => desk.WithAddressAsync(offer.Secret, default));
        var link = await school.LinkAsync(Role.Teacher);
        // As by a way of signing in that was not told of the browser.
        var session = (await api.Records.RunAsync<SignIn, SignedIn>(signIn => signIn.WithLinkAsync(link, default))).Secret;
        var at = await api.Records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(session, default, browser));
        Assert.Equal(offer.Device.Id, at!.Actor.DeviceId);
        Assert.Null((await api.Records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(session, default)))!.Actor.DeviceId);
        await RestAsync(school, "5 minutes 1 second");
        Assert.Null(await api.Records.RunAsync<Recognition, Recognised?>(it => it.BySessionAsync(session, default, browser)));
    }

    [Fact]
    public async Task The_list_says_who_answers_for_a_device_what_it_is_and_when_it_was_used_to_the_minute()
    {
        var school = await api.SchoolAsync();
        var ict = await school.IctAsync();
        var made = (await ict.PostAsync("devices", new { name = "iPad 07", model = "iPad (9th generation)", owner = "Year 3" }, key: "k1")).Must(201);
        Assert.Equal(made.Id, (await ict.PostAsync("devices", new { name = "iPad 07", model = "iPad (9th generation)", owner = "Year 3" }, key: "k1")).Must(201).Id);
        Assert.False(made.Json.TryGetProperty("seenAt", out _));
        var teacher = await school.PersonAsync(Role.Teacher, "Ann", "iPad 07");
        (await teacher.GetAsync("me")).Must(200);
        var seen = (await ict.GetAsync("devices")).Must(200).Items.Single();
        Assert.Equal(("Year 3", "iPad (9th generation)"), (seen.GetProperty("owner").GetString(), seen.GetProperty("model").GetString()));
        var at = seen.GetProperty("seenAt").GetString();
        (await teacher.GetAsync("me")).Must(200);
        Assert.Equal(at, (await ict.GetAsync("devices")).Items.Single().GetProperty("seenAt").GetString());
        await api.Records.ExecuteAsync("update devices set seen_at = seen_at - interval '61 seconds' where id = $1", made.Id);
        (await teacher.GetAsync("me")).Must(200);
        Assert.True(at!.CompareTo((await ict.GetAsync("devices")).Items.Single().GetProperty("seenAt").GetString()) <= 0);

        using var page = await school.VisitAsync(Role.Ict);
        (await page.PostToAsync("/devices", "/devices?handler=change", ("name", "iPad 08"), ("owner", "Year 4"))).Must(200).MustSay("iPad 08").MustSay("Year 4").MustSay("last used");
        (await page.PostAsync("/devices", ("name", "iPad 09"))).Must(200).MustSay("Make a browser the device iPad 09");
        (await page.PostToAsync("/devices", "/devices?handler=change", ("name", "iPad 09"))).Must(409).MustSay("Another device has that name");

        foreach (var role in Enum.GetValues<Role>().Where(role => role != Role.Ict))
        {
            var person = await school.AsAsync(role);
            (await person.GetAsync("devices")).MustRefuse(403, "role-may-not");
            (await person.PostAsync("devices", new { name = "Mine" })).MustRefuse(403, "role-may-not");
            (await person.PostAsync($"devices/{made.Id}/revocation")).MustRefuse(403, "role-may-not");
        }
        (await ict.PostAsync($"devices/{Guid.NewGuid()}/revocation")).MustRefuse(404, "not-found");
        Assert.True((await ict.PostAsync($"devices/{made.Id}/revocation")).Must(200).Json.TryGetProperty("revokedAt", out _));
        (await teacher.GetAsync("me")).MustRefuse(401, "sign-in-needed");
    }

    /// <summary>Nobody does anything for so long, as far as sessions know.</summary>
    /// <param name="more">On top of what has passed already.</param>
    private Task RestAsync(TestSchool school, string time, bool more = false) => api.Records.ExecuteAsync(more
        ? $"update sessions set seen_at = seen_at - interval '{time}' where school_id = $1"
        : $"update sessions set seen_at = now() - interval '{time}' where school_id = $1", school.Id);
}
