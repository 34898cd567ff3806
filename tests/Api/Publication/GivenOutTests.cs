using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Publication;

/// <summary>The feed of a channel, its bytes, and the record of who took them (P15, P17).</summary>
public sealed class GivenOutTests(TestApi api) : IClassFixture<TestApi>, IAsyncLifetime
{
    private TestWorkers workers = null!;

    public async Task InitializeAsync() => workers = await TestWorkers.StartAsync(api.Records.Settings);

    public async Task DisposeAsync() => await workers.DisposeAsync();

    [Fact]
    public async Task The_first_delivery_to_each_taker_is_recorded_once_and_a_thumb_never()
    {
        var (school, photo, _) = await ClearedAsync();
        var (editor, program) = (await school.EditorAsync(), await school.PersonAsync(Role.Editor, channel: Channel.Website));
        (await editor.GetAsync($"channels/website/photos/{photo}/thumb")).Must(200);
        Assert.Empty(await KindsAsync(photo));
        foreach (var name in new[] { "web", "web", "print" }) (await editor.GetAsync($"channels/website/photos/{photo}/{name}")).Must(200);
        Assert.Equal(["download"], await KindsAsync(photo));
        for (var twice = 0; twice < 2; twice++) (await program.GetAsync($"channels/website/photos/{photo}/web")).Must(200);
        Assert.Equal(["download", "pull"], await KindsAsync(photo));
        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "News page" })).Must(201);
        Assert.Equal(["download", "manual", "pull"], await KindsAsync(photo));
    }

    [Fact]
    public async Task Media_are_private_and_answer_no_validator_and_no_range()
    {
        var (school, photo, pupil) = await ClearedAsync();
        var editor = await school.EditorAsync();
        foreach (var (person, path) in new[] { (editor, $"channels/website/photos/{photo}/web"), (await school.TeacherAsync(), $"photos/{photo}/renditions/web") })
        {
            var media = (await person.GetAsync(path)).Must(200);
            Assert.StartsWith("image/", media.Type, StringComparison.Ordinal);
            Assert.Equal(["no-store", "private"], media.Headers["Cache-Control"].Split(", ").Order());
            Assert.Equal("nosniff", media.Headers["X-Content-Type-Options"]);
            Assert.Equal("same-origin", media.Headers["Cross-Origin-Resource-Policy"]);
            Assert.Equal($"inline; filename=\"{photo:N}-web.jpg\"", media.Headers["Content-Disposition"]);
            foreach (var header in new[] { "ETag", "Last-Modified", "Accept-Ranges", "Content-Range" }) Assert.DoesNotContain(header, media.Headers.Keys);
        }
        // Who only publishes takes pictures on a channel, where it is recorded.
        (await editor.GetAsync($"photos/{photo}")).Must(200);
        (await editor.GetAsync($"photos/{photo}/renditions/web")).MustRefuse(404, "not-found");
        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        (await editor.GetAsync($"channels/website/photos/{photo}/web")).MustRefuse(410, "gone");
        (await editor.GetAsync($"channels/press/photos/{photo}/web")).MustRefuse(404, "not-found");
        (await editor.GetAsync($"channels/tiktok/photos/{photo}/web")).MustRefuse(422, "unknown-channel");
        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home" })).MustRefuse(409, "not-cleared");
    }

    [Fact]
    public async Task The_feed_is_followed_by_its_cursor_and_tells_what_is_withdrawn()
    {
        var (school, photo, pupil) = await ClearedAsync();
        var editor = await school.EditorAsync();
        var cursor = await NextAsync(editor, "");
        Assert.Empty((await editor.GetAsync($"channels/website/photos?after={cursor}")).Must(200).Items);
        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        var withdrawn = await Eventually.GetAsync("withdrawn", async () =>
            (await editor.GetAsync($"channels/website/photos?after={cursor}")).Must(200) is { Items.Length: 1 } reply ? reply : null);
        var item = withdrawn.Items[0];
        Assert.Equal((photo, "withdrawn", 0), (item.GetProperty("id").GetGuid(), item.GetProperty("state").GetString(), item.GetProperty("renditions").GetArrayLength()));
        Assert.NotEqual(cursor, withdrawn.Next);

        foreach (var bad in new[] { "nonsense", "!!!", Convert.ToBase64String("x.1"u8) })
            (await editor.GetAsync($"channels/website/photos?after={Uri.EscapeDataString(bad)}")).MustRefuse(422, "invalid-cursor");
        (await editor.GetAsync("channels/website/photos?limit=0")).MustRefuse(422, "invalid");
        (await editor.GetAsync("channels/nowhere/photos")).MustRefuse(422, "unknown-channel");
        await api.Records.ExecuteAsync("update feed_heads set epoch = gen_random_uuid() where school_id = $1", school.Id);
        (await editor.GetAsync($"channels/website/photos?after={cursor}")).MustRefuse(410, "cursor-expired");
    }

    [Fact]
    public async Task A_program_stays_on_its_channel()
    {
        var (school, photo, _) = await ClearedAsync();
        var program = await school.PersonAsync(Role.Editor, channel: Channel.Website);
        (await program.GetAsync("channels/website/photos")).Must(200);
        (await program.GetAsync($"channels/website/photos/{photo}/web")).Must(200);
        foreach (var path in new[] { "channels/press/photos", $"channels/press/photos/{photo}/web", $"photos/{photo}", $"photos/{photo}/renditions/web", "photos", "removals", "pupils" })
            (await program.GetAsync(path)).MustRefuse(403, "token-for-one-channel");
        (await program.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "x" })).MustRefuse(403, "token-for-one-channel");
    }

    [Fact]
    public async Task A_held_picture_is_not_there_on_any_channel_and_withdrawn_in_the_feed()
    {
        var (school, photo, _) = await ClearedAsync();
        var editor = await school.EditorAsync();
        (await editor.GetAsync($"channels/website/photos/{photo}/web")).Must(200);
        (await editor.PostAsync($"photos/{photo}/concerns", new { kind = "other" })).Must(201);
        (await editor.GetAsync($"channels/website/photos/{photo}/web")).MustRefuse(404, "not-found");
        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "x" })).MustRefuse(404, "not-found");
        Assert.Equal("withdrawn", Assert.Single((await editor.GetAsync("channels/website/photos")).Must(200).Items).GetProperty("state").GetString());
        Assert.Single((await (await school.OfficeAsync()).GetAsync("removals?state=open")).Must(200).Items);
    }

    [Fact]
    public async Task A_picture_that_changes_while_the_feed_is_read_is_told_once_and_at_its_latest_change()
    {
        var school = await api.SchoolAsync();
        var (editor, pupil) = (await school.EditorAsync(), await school.ClearedPupilAsync(Channel.Website));
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: Channel.Website), pupil);
        // What is told for the first time gets a new position at that moment, as by a sealer that comes in between.
        await api.Records.ExecuteAsync("""
            create function moves_on() returns trigger language plpgsql as $$ begin
              update feed_items set position = position + 1000 where school_id = new.school_id and channel = new.channel and photo_id = new.photo_id; return new; end $$
            """);
        await api.Records.ExecuteAsync("create trigger moves_on after insert on feed_told for each row execute function moves_on()");
        try
        {
            var told = await Eventually.GetAsync("told", async () =>
                (await editor.GetAsync("channels/website/photos")).Must(200).Items is { Length: > 0 } items ? items : null);
            var item = Assert.Single(told);
            Assert.Equal(photo, item.GetProperty("id").GetGuid());
            Assert.True(item.GetProperty("version").GetInt64() > 1000);
        }
        finally
        {
            await api.Records.ExecuteAsync("drop trigger moves_on on feed_told");
        }
    }

    [Fact]
    public async Task Who_takes_a_picture_anew_after_taking_it_down_has_to_take_it_down_again()
    {
        var (school, photo, pupil) = await ClearedAsync();
        var (program, editor) = (await school.PersonAsync(Role.Editor, channel: Channel.Website), await school.EditorAsync());
        for (var round = 0; round < 2; round++)
        {
            (await program.GetAsync($"channels/website/photos/{photo}/web")).Must(200);
            await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
            var removal = Assert.Single((await editor.GetAsync("removals?state=open")).Must(200).Items);
            Assert.Equal("publication", removal.GetProperty("place").GetString());
            (await editor.PostAsync($"removals/{removal.GetProperty("id").GetGuid()}/done", new { proof = " " })).MustRefuse(422, "invalid");
            (await editor.PostAsync($"removals/{removal.GetProperty("id").GetGuid()}/done", new { proof = "the page shows it no more" })).Must(200);
            Assert.Empty((await editor.GetAsync("removals?state=open")).Must(200).Items);
            await pupil.AnswerAsync(Channel.Website, Answer.Given);
        }
        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        Assert.Empty((await editor.GetAsync("removals?state=open")).Must(200).Items);
    }

    [Fact]
    public async Task A_session_opens_media_and_no_json()
    {
        var (school, photo, _) = await ClearedAsync();
        var (person, link) = await api.Records.RunAsync<StaffAdmin, (StaffMember, string)>(admin =>
            admin.AddAsync(Act.OfSystem(school.Id), "Reads on a page", [Role.Screener], CancellationToken.None));
        Assert.NotNull(person);
        var session = await api.Records.RunAsync<SignIn, SignedIn>(it => it.WithLinkAsync(link, CancellationToken.None));
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = api.Address };
        browser.DefaultRequestHeaders.Add("Cookie", $"photoguard={session.Secret}");
        Assert.Equal(200, (int)(await browser.GetAsync($"/api/v1/photos/{photo}/renditions/thumb")).StatusCode);
        foreach (var path in new[] { $"photos/{photo}", "photos", "me", "pupils" })
            Assert.Equal(401, (int)(await browser.GetAsync($"/api/v1/{path}")).StatusCode);
        Assert.Equal(401, (int)(await browser.PostAsync($"/api/v1/photos/{photo}/concerns", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"))).StatusCode);
    }

    /// <summary>Ready on the website, and told there.</summary>
    private async Task<(TestSchool School, Guid Photo, TestPupil Pupil)> ClearedAsync()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: Channel.Website), pupil);
        var editor = await school.EditorAsync();
        await Eventually.IsAsync("cleared on the website", async () => (await editor.GetAsync("channels/website/photos")).Must(200).Items.Length == 1);
        // The feed rests: every note so far has its position.
        await Eventually.IsAsync("sealed", async () => await api.Records.ScalarAsync<long>(
            "select (select count(*) from feed_changes where school_id = $1) + (select count(*) from work where school_id = $1)", school.Id) == 0);
        return (school, photo, pupil);
    }

    private static async Task<string> NextAsync(Person editor, string after) => (await editor.GetAsync($"channels/website/photos?after={after}")).Must(200).Next!;

    private Task<string[]> KindsAsync(Guid photo) =>
        api.Records.ScalarAsync<string[]>("select coalesce(array_agg(kind order by kind), '{}') from publications where photo_id = $1", photo);
}
