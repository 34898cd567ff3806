using System.Net.Http.Headers;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Devices;

/// <summary>What a person began to send on a device goes on for 24 hours with the device's cookie and a word, and opens nothing else.</summary>
public sealed class ContinuedUploadTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false });

    [Fact]
    public async Task Signed_out_the_page_that_was_open_goes_on_sending_and_shows_nothing_else()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        using var iPad = await school.VisitOnAsync("iPad 07");
        var open = (await iPad.GetAsync($"/activities/{activity}")).Must(200);
        await EndSessionsAsync(school);

        var sent = (await SendAsync(iPad, open, activity, TestPhotos.Picture())).Must(200);
        sent.MustSay("1 of 1 picture taken").MustSay("Sign in and say who is in them");
        foreach (var hidden in new[] { "Sports day", "Home", "I'm done Activities" }) Assert.DoesNotContain(hidden, sent.Words.Replace("Home –", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Null(sent.Document.QuerySelector("nav"));
        // Nor is it left open for the next one who holds the iPad.
        Assert.StartsWith("305;url=/sign-in", sent.Document.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content"), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await iPad.GetAsync($"/activities/{activity}")).Path, StringComparison.Ordinal);

        var teacher = (await school.TeacherAsync()).Id;
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("""
            select count(*) from audit_entries join upload_grants on upload_grants.id = (details ->> 'grant')::uuid
            where event = 'photo.received' and actor_id = $1 and audit_entries.device_id = $2 and staff_id = actor_id
            """, teacher, await school.DeviceAsync("iPad 07")));

        (await iPad.SendAsync($"/activities/{activity}/pictures?handler=sent", new FormUrlEncodedContent([new("seal", "x"), new("grant", Word(sent))])))
            .Must(200).MustSay("nothing more can be sent in your name");
        (await SendAsync(iPad, open, activity, TestPhotos.Picture())).Must(401).MustSay("cannot go on without signing in");
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from photos where activity_id = $1", activity));
    }

    [Fact]
    public async Task A_program_in_the_page_goes_on_too_and_the_same_request_twice_is_one()
    {
        var begun = await BeginAsync();
        var picture = TestPhotos.Picture();
        var first = (await SendAsync(begun, picture, "once")).Must(201);
        Assert.Equal(first.Id, (await SendAsync(begun, picture, "once")).Must(201).Id);
        Assert.Equal(["id"], first.Json.EnumerateObject().Select(member => member.Name));
        // That there is one is told, and not which.
        var again = (await SendAsync(begun, picture)).MustRefuse(409, "duplicate");
        Assert.False(again.Json.TryGetProperty("existing", out _));
    }

    [Theory]
    [InlineData("24 hours are over", 401, "upload-not-continued")]
    [InlineData("everything is sent", 401, "upload-not-continued")]
    [InlineData("the device is revoked", 403, "device-revoked")]
    [InlineData("the person leaves", 401, "upload-not-continued")]
    [InlineData("another browser becomes the device", 401, "upload-not-continued")]
    [InlineData("the role is taken away", 403, "role-may-not")]
    [InlineData("the activity is declined", 409, "activity-not-approved")]
    public async Task It_ends_when(string what, int status, string problem)
    {
        var begun = await BeginAsync();
        var (records, act) = (api.Records, Act.OfSystem(begun.School.Id));
        (await SendAsync(begun, TestPhotos.Picture())).Must(201);
        if (what.StartsWith("24", StringComparison.Ordinal)) await records.ExecuteAsync("update upload_grants set until = until - interval '24 hours' where school_id = $1", begun.School.Id);
        if (what.StartsWith("everything", StringComparison.Ordinal)) await records.RunAsync<UploadGrants>(async grants =>
            await grants.EndAsync(new(begun.School.Id, (await grants.OpenAsync(begun.Word, begun.Browser, default))!.Actor), default));
        if (what.StartsWith("the device", StringComparison.Ordinal)) await begun.School.RevokeAsync(begun.Device);
        if (what.StartsWith("the person", StringComparison.Ordinal)) await records.RunAsync<StaffAdmin>(admin => admin.LeaveAsync(act, begun.Person, default));
        if (what.StartsWith("another", StringComparison.Ordinal)) (await begun.School.VisitOnAsync("iPad 07")).Dispose();
        if (what.StartsWith("the role", StringComparison.Ordinal)) await records.ExecuteAsync("update staff set roles = '{editor}' where id = $1", begun.Person);
        if (what.StartsWith("the activity", StringComparison.Ordinal))
            (await (await begun.School.ScreenerAsync()).PostAsync($"activities/{begun.Activity}/approval", new { decision = "declined" })).Must(200);

        (await api.NothingIsKeptAsync(() => SendAsync(begun, TestPhotos.Picture()))).MustRefuse(status, problem);
    }

    [Fact]
    public async Task The_word_alone_the_cookie_alone_and_another_devices_cookie_send_nothing()
    {
        var (begun, other) = (await BeginAsync(), await BeginAsync());
        foreach (var (word, browser) in new[] { (begun.Word, null), (null, begun.Browser), (begun.Word, other.Browser), (other.Word, begun.Browser), (Forged(begun.Word), begun.Browser) })
        {
            (await api.NothingIsKeptAsync(() => SendAsync(begun with { Word = word!, Browser = browser! }, TestPhotos.Picture())))
                .MustRefuse(401, "upload-not-continued");
        }
    }

    [Fact]
    public async Task It_opens_not_one_look_and_not_one_list()
    {
        var begun = await BeginAsync();
        var photo = (await SendAsync(begun, TestPhotos.Picture())).Must(201).Id;
        foreach (var path in new[]
        {
            "/api/v1/photos", $"/api/v1/photos/{photo}", $"/api/v1/photos/{photo}/renditions/thumb", "/api/v1/activities", "/api/v1/me", "/api/v1/uploads", "/api/v1/devices",
            "/", "/activities", $"/activities/{begun.Activity}", $"/activities/{begun.Activity}/pictures", $"/photos/{photo}",
        })
        {
            using var request = Request(HttpMethod.Get, path, begun);
            using var reply = await Http.SendAsync(request);
            Assert.True((int)reply.StatusCode is 302 or 401 or 404 or 405, $"{path} {reply.StatusCode}");
        }
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, $"/api/v1/photos?activity={begun.Activity}"), (HttpMethod.Delete, $"/api/v1/photos/{photo}"), (HttpMethod.Put, $"/api/v1/photos/{photo}/pupils"),
        })
        {
            using var request = Request(method, path, begun, new byte[10]);
            using var reply = await Http.SendAsync(request);
            Assert.Equal(401, (int)reply.StatusCode);
        }
    }

    [Fact]
    public async Task It_is_for_the_activity_it_was_begun_for()
    {
        var begun = await BeginAsync();
        var other = await begun.School.ActivityAsync();
        var form = new MultipartFormDataContent
        {
            { new StringContent("x"), "seal" }, { new StringContent(begun.Word), "grant" }, { new ByteArrayContent(TestPhotos.Picture()), "pictures", "one.jpeg" },
        };
        using var request = Request(HttpMethod.Post, $"/activities/{other}/pictures", begun);
        request.Content = form;
        using var reply = await Http.SendAsync(request);
        Assert.Contains("There is no such activity.", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from photos where activity_id = $1", other));
    }

    [Fact]
    public async Task Looking_at_the_page_again_begins_nothing_new()
    {
        var begun = await BeginAsync();
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from upload_grants where school_id = $1", begun.School.Id));
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from audit_entries where school_id = $1 and event = 'device.sending-begun'", begun.School.Id));
        // Only who is on a device begins something that goes on.
        using var desk = await begun.School.VisitAsync(Role.Teacher);
        Assert.Null((await desk.GetAsync($"/activities/{begun.Activity}")).Document.QuerySelector("main input[name=grant]"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_that_is_on_its_way_goes_on_when_its_person_is_signed_out_and_not_when_the_device_is_revoked(bool revoked)
    {
        var begun = await BeginAsync();
        using var form = new MultipartFormDataContent("cut")
        {
            { new StringContent("x"), "seal" }, { new StringContent(begun.Word), "grant" }, { new ByteArrayContent(TestPhotos.Picture()), "pictures", "one.jpeg" },
        };
        using var upload = await SlowUpload.BeginAsync(api.Address, $"/activities/{begun.Activity}/pictures", await form.ReadAsByteArrayAsync(),
            "Content-Type: multipart/form-data; boundary=cut", $"Cookie: photoguard-device={begun.Browser}");
        if (revoked) await begun.School.RevokeAsync(begun.Device);
        else await EndSessionsAsync(begun.School);
        if (!revoked) await upload.SendRestAsync();
        Assert.Equal(revoked ? 403 : 200, (await upload.AnswerAsync()).Status);
        Assert.Equal(revoked ? 0L : 1L, await api.Records.ScalarAsync<long>("select count(*) from photos where activity_id = $1", begun.Activity));
    }

    /// <summary>A teacher opened the page of an activity on an iPad, twice, and was signed out.</summary>
    private async Task<Begun> BeginAsync()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var offer = await school.OfferAsync("iPad 07");
        var browser = await api.Records.RunAsync<EnrolmentDesk, string>(desk => desk.WithAddressAsync(offer.Secret, default));
        var link = await school.LinkAsync(Role.Teacher);
        var signedIn = await api.Records.RunAsync<SignIn, SignedIn>(signIn => signIn.WithLinkAsync(link, default, new Whence(browser)));
        var word = "";
        for (var look = 0; look < 2; look++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api.Address, $"/activities/{activity}"));
            request.Headers.Add("Cookie", $"photoguard={signedIn.Secret}; photoguard-device={browser}");
            using var reply = await Http.SendAsync(request);
            var document = await AngleSharp.BrowsingContext.New().OpenAsync(async page => page.Content(await reply.Content.ReadAsStringAsync()));
            word = document.QuerySelector<IHtmlInputElement>("main input[name=grant]")!.Value;
        }
        await EndSessionsAsync(school);
        return new(school, activity, offer.Device.Id, signedIn.StaffId, browser, word);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, Begun begun, byte[]? picture = null)
    {
        var request = new HttpRequestMessage(method, new Uri(api.Address, path));
        if (begun.Word is not null) request.Headers.Add("Upload-Grant", begun.Word);
        if (begun.Browser is not null) request.Headers.Add("Cookie", $"photoguard-device={begun.Browser}");
        if (picture is not null) request.Content = new ByteArrayContent(picture);
        return request;
    }

    private async Task<Reply> SendAsync(Begun begun, byte[] picture, string? key = null)
    {
        using var request = Request(HttpMethod.Post, "/api/v1/uploads", begun, picture);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var reply = await Http.SendAsync(request);
        return new((int)reply.StatusCode, await reply.Content.ReadAsByteArrayAsync(), reply.Content.Headers.ContentType?.MediaType, new Dictionary<string, string>());
    }

    private static Task<PageSeen> SendAsync(PageVisitor iPad, PageSeen open, Guid activity, byte[] picture) => iPad.SendAsync($"/activities/{activity}/pictures", new MultipartFormDataContent
    {
        { new StringContent(open.Held("seal")!), "seal" }, { new StringContent(Word(open)), "grant" }, { new ByteArrayContent(picture), "pictures", "one.jpeg" },
    });

    private static string Word(PageSeen page) => page.Held("grant")!;

    private static string Forged(string word) => (word[0] == 'A' ? 'B' : 'A') + word[1..];

    private Task EndSessionsAsync(TestSchool school) => api.Records.ExecuteAsync("delete from sessions where school_id = $1", school.Id);

    private sealed record Begun(TestSchool School, Guid Activity, Guid Device, Guid Person, string Browser, string Word);
}
