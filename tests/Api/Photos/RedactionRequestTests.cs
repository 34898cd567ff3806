using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>Who may ask for a redaction of what, before anything is made.</summary>
public sealed class RedactionRequestTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly object Box = new { left = 0.1, top = 0.1, width = 0.2, height = 0.3 };

    [Fact]
    public async Task The_uploader_and_a_screener_may_ask_and_nobody_else()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await AskAsync(await school.TeacherAsync(), photo, 202);
        await AskAsync(await school.ScreenerAsync(), photo, 202);
        foreach (var role in new[] { Role.Office, Role.Head })
            (await PostAsync(await school.AsAsync(role), photo, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(403, "role-may-not");
        foreach (var role in new[] { Role.Editor, Role.Safeguarding, Role.Ict })
            (await PostAsync(await school.AsAsync(role), photo, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(404, "not-found");
        var stranger = await (await api.SchoolAsync()).ScreenerAsync();
        (await PostAsync(stranger, photo, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(404, "not-found");
        (await stranger.GetAsync($"photos/{photo}/redactions")).MustRefuse(404, "not-found");
    }

    [Theory]
    [InlineData("""{"boxes":[],"fill":"solid"}""")]
    [InlineData("""{"boxes":[null],"fill":"solid"}""")]
    [InlineData("""{"fill":"solid"}""")]
    [InlineData("""{"boxes":[{"left":0,"top":0,"width":1,"height":1}]}""")]
    [InlineData("""{"boxes":[{"left":0,"top":0,"width":1,"height":1}],"fill":"blurred"}""")]
    [InlineData("""{"boxes":[{"left":0.5,"top":0,"width":0.6,"height":1}],"fill":"solid"}""")]
    [InlineData("""{"boxes":[{"left":0,"top":-0.1,"width":1,"height":1}],"fill":"solid"}""")]
    [InlineData("""{"boxes":[{"left":0,"top":0,"width":0,"height":1}],"fill":"solid"}""")]
    [InlineData("""{"boxes":[{"left":0,"top":0,"width":1}],"fill":"solid"}""")]
    [InlineData("""{"boxes":[{"left":0,"top":0,"width":"1","height":1}],"fill":"solid"}""")]
    [InlineData("""{"boxes":[{"left":1e308,"top":0,"width":1e308,"height":1}],"fill":"solid"}""")]
    public async Task A_box_has_a_size_and_lies_within_the_picture(string body)
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.TeacherAsync()).PostTextAsync($"photos/{photo}/redactions?wait=0", body)).MustRefuse(422, "invalid");
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from redactions where source_id = $1", photo));
    }

    [Fact]
    public async Task There_are_a_hundred_boxes_at_most()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        var teacher = await school.TeacherAsync();
        (await PostAsync(teacher, photo, new { boxes = Enumerable.Repeat(Box, 101), fill = "solid" })).MustRefuse(422, "invalid");
        (await PostAsync(teacher, photo, new { boxes = Enumerable.Repeat(Box, 100), fill = "average" })).Must(202);
    }

    [Fact]
    public async Task Who_is_still_recognisable_has_to_be_named_in_the_source()
    {
        var school = await api.SchoolAsync();
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), one);
        var teacher = await school.TeacherAsync();
        (await PostAsync(teacher, photo, new { boxes = new[] { Box }, fill = "solid", pupils = new[] { one.MisId, other.MisId } })).MustRefuse(422, "pupil-not-in-picture");
        (await PostAsync(teacher, photo, new { boxes = new[] { Box }, fill = "solid", pupils = new[] { "nobody" } })).MustRefuse(422, "pupil-not-in-picture");
        (await PostAsync(teacher, photo, new { boxes = new[] { Box }, fill = "solid", pupils = new[] { one.MisId, one.MisId } })).Must(202);
        (await PostAsync(teacher, photo, new { boxes = new[] { Box }, fill = "solid", pupils = Array.Empty<string>() })).Must(202);
    }

    [Fact]
    public async Task What_is_held_or_being_removed_is_not_redacted()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var (held, removed) = (await school.UploadAsync(activity), await school.UploadAsync(activity));
        (await (await school.TeacherAsync()).PostAsync($"photos/{held}/concerns", new { kind = "other" })).Must(201);
        (await (await school.HeadAsync()).PostAsync($"photos/{removed}/erasure", new { reason = "asked for" })).Must(202);
        foreach (var person in new[] { await school.TeacherAsync(), await school.ScreenerAsync() })
        {
            (await PostAsync(person, held, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(404, "not-found");
            (await PostAsync(person, removed, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(410, "gone");
        }
        // The lead sees what is held, and may have uploaded it; nobody makes another picture of it.
        (await PostAsync(await school.SafeguardingAsync(), held, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task While_a_rescue_is_open_a_screener_alone_may_ask_and_in_strict_nobody()
    {
        var school = await api.SchoolAsync(PolicyProfile.MisConsent);
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), one, other);
        await one.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        (await PostAsync(await school.TeacherAsync(), photo, new { boxes = new[] { Box }, fill = "solid" })).MustRefuse(410, "gone");
        (await PostAsync(await school.ScreenerAsync(), photo, new { boxes = new[] { Box }, fill = "solid", pupils = new[] { other.MisId } })).Must(202);

        var strict = await api.SchoolAsync();
        var (left, stays) = (await strict.ClearedPupilAsync(), await strict.ClearedPupilAsync());
        var gone = await strict.ReadyPhotoAsync(await strict.ActivityAsync(), left, stays);
        await left.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        (await PostAsync(await strict.ScreenerAsync(), gone, new { boxes = new[] { Box }, fill = "solid", pupils = new[] { stays.MisId } })).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task What_is_not_made_yet_is_in_the_list_and_nowhere_else()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());

        var first = await AskAsync(teacher, photo, 202);
        var second = await AskAsync(teacher, photo, 202);

        var list = (await teacher.GetAsync($"photos/{photo}/redactions?limit=1")).Must(200);
        var item = Assert.Single(list.Items);
        Assert.Equal((first, photo, "making", "solid", 0.3), (
            item.GetProperty("id").GetGuid(), item.GetProperty("source").GetGuid(), item.GetProperty("state").GetString(),
            item.GetProperty("fill").GetString(), item.GetProperty("boxes")[0].GetProperty("height").GetDouble()));
        Assert.Equal(second, Assert.Single((await teacher.GetAsync($"photos/{photo}/redactions?after={list.Next}")).Must(200).Items).GetProperty("id").GetGuid());
        (await teacher.GetAsync($"photos/{first}")).MustRefuse(404, "not-found");
        Assert.Empty((await teacher.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("redactions").EnumerateArray());
        Assert.Single((await teacher.GetAsync("photos")).Must(200).Items);
    }

    [Fact]
    public async Task The_same_request_sent_again_asks_once()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        var body = new { boxes = new[] { Box }, fill = "solid" };
        var first = (await teacher.PostAsync($"photos/{photo}/redactions?wait=0", body, "k1")).Must(202).Id;
        Assert.Equal(first, (await teacher.PostAsync($"photos/{photo}/redactions?wait=0", body, "k1")).Must(202).Id);
        (await teacher.PostAsync($"photos/{photo}/redactions?wait=31", body)).MustRefuse(422, "invalid");
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from redactions where source_id = $1", photo));
    }

    private static Task<Reply> PostAsync(Person person, Guid photo, object body) => person.PostAsync($"photos/{photo}/redactions?wait=0", body);

    private static async Task<Guid> AskAsync(Person person, Guid photo, int status) =>
        (await PostAsync(person, photo, new { boxes = new[] { Box }, fill = "solid" })).Must(status).Id;
}
