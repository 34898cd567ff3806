using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>Texts and dates that no record can hold are refused by the name of their field, and never fail inside.</summary>
public sealed class TextsTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly string[] Bad = ["{\"reason\":\"\\u0000\"}", "{\"reason\":\"\\ud800\"}", "{\"reason\":7}", "[]", "{}"];

    [Fact]
    public async Task A_text_longer_than_its_record_is_refused_by_name()
    {
        var school = await api.SchoolAsync();
        var (teacher, screener, lead, editor) = (await school.TeacherAsync(), await school.ScreenerAsync(), await school.SafeguardingAsync(), await school.EditorAsync());
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: Channel.Website), await school.ClearedPupilAsync(Channel.Website));
        var (review, path) = (TestSchool.Today.AddDays(7), $"photos/{photo}");
        foreach (var (field, reply) in new[]
        {
            ("alt", await teacher.PutAsync($"{path}/description", new { alt = Long(501) })),
            ("reason", await screener.PostAsync($"{path}/screening", new { decision = "accepted", reason = Long(501) })),
            ("note", await teacher.PostAsync($"{path}/concerns", new { kind = "other", note = Long(1001) })),
            ("reason", await lead.PostAsync($"{path}/holds", new { reason = Long(1001), reviewOn = review })),
            ("reason", await lead.PostAsync($"{path}/holds", new { reason = " ", reviewOn = review })),
            ("reason", await (await school.HeadAsync()).PostAsync($"{path}/erasure", new { reason = Long(1001) })),
            ("reason", await (await school.HeadAsync()).PostAsync($"{path}/erasure", new { reason = "" })),
            ("place", await editor.PostAsync($"{path}/publications", new { channel = "website", place = Long(301) })),
            ("place", await editor.PostAsync($"{path}/publications", new { channel = "website", place = "" })),
            ("url", await editor.PostAsync($"{path}/publications", new { channel = "website", place = "x", url = "https://x/" + Long(2000) })),
            ("url", await editor.PostAsync($"{path}/publications", new { channel = "website", place = "x", url = "javascript:alert(1)" })),
            ("note", await (await school.HeadAsync()).PostAsync($"activities/{await school.ActivityAsync(approved: false)}/approval", new { decision = "approved", note = Long(1001) })),
        })
        {
            reply.MustRefuse(422, "invalid");
            Assert.Contains($"'{field}'", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
        (await teacher.PutAsync($"{path}/description", new { alt = Long(500) })).Must(200);
    }

    [Fact]
    public async Task Characters_that_cannot_be_kept_and_bodies_of_another_shape_are_refused()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        foreach (var body in Bad)
        {
            (await (await school.OfficeAsync()).PostTextAsync($"photos/{photo}/erasure", body)).MustRefuse(422, "invalid");
            (await (await school.SafeguardingAsync()).PostTextAsync($"photos/{photo}/holds", body)).MustRefuse(422, "invalid");
        }
        (await (await school.TeacherAsync()).PostTextAsync($"photos/{photo}/concerns", "{\"kind\":")).MustRefuse(400, "malformed-json");
        (await (await school.TeacherAsync()).PostTextAsync($"photos/{photo}/concerns", "{\"kind\":\"other\",\"note\":\"\\u0000\"}")).MustRefuse(422, "invalid");
        (await (await school.TeacherAsync()).PostTextAsync($"photos/{photo}/concerns", "{\"kind\":\"ugly\"}")).MustRefuse(422, "invalid");
        (await (await school.ScreenerAsync()).PostTextAsync($"photos/{photo}/screening", "{\"decision\":\"pending\"}")).MustRefuse(422, "invalid");
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).Must(200);
    }

    [Fact]
    public async Task Dates_at_the_ends_of_the_calendar_break_nothing()
    {
        var school = await api.SchoolAsync();
        var (office, teacher, lead) = (await school.OfficeAsync(), await school.TeacherAsync(), await school.SafeguardingAsync());
        var pupil = await school.ClearedPupilAsync();
        foreach (var at in new[] { "9999-12-31", "0001-01-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z" })
            (await office.GetAsync($"{pupil.Path}/standing?at={at}")).Must(200);
        (await office.GetAsync($"{pupil.Path}/standing?at=0001-01-01T00:00:00%2B14:00")).MustRefuse(422, "invalid");

        object Activity(string on, string? keep) => new { title = "t", purpose = "p", heldOn = on, channels = Array.Empty<string>(), afterwards = "a", keepUntil = keep };
        foreach (var (on, keep) in new[] { ("9999-12-31", "9999-12-31"), ("0001-01-01", null), (TestSchool.Today.ToString("O"), "9999-12-31") })
        {
            var id = (await teacher.PostAsync("activities", Activity(on, keep))).Must(201).Id;
            (await (await school.ScreenerAsync()).PostAsync($"activities/{id}/approval", new { decision = "approved" })).Must(200);
            var photo = await school.UploadAsync(id);
            (await teacher.GetAsync($"photos/{photo}")).Must(200);
        }

        var held = await school.UploadAsync(await school.ActivityAsync());
        (await lead.PostAsync($"photos/{held}/holds", new { reason = "r", reviewOn = "0001-01-01" })).MustRefuse(422, "invalid");
        (await lead.PostAsync($"photos/{held}/holds", new { reason = "r", reviewOn = "9999-12-31" })).Must(201);
        (await lead.GetAsync($"photos/{held}")).Must(200);
        (await (await school.PersonAsync(Role.Office, "For ever", expiresOn: DateOnly.MaxValue)).GetAsync("me")).Must(200);

        foreach (var answered in new[] { "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z" })
        {
            (await office.PostAsync($"{pupil.Path}/consents", new
            {
                channel = "press", answer = "given", by = new { kind = "guardian", name = "G" }, route = "paper", noticeVersion = "1",
                answeredAt = answered, expiresOn = "9999-12-31",
            })).Must(201);
        }
        (await office.GetAsync($"{pupil.Path}/standing")).Must(200);
        (await office.GetAsync($"{pupil.Path}/consents")).Must(200);
    }

    [Fact]
    public async Task Ids_that_are_none_are_not_found()
    {
        var school = await api.SchoolAsync();
        var screener = await school.ScreenerAsync();
        foreach (var id in new[] { Guid.Empty.ToString(), Guid.NewGuid().ToString(), "1", new string('x', 3000) })
        {
            (await screener.GetAsync($"photos/{id}")).MustRefuse(404, "not-found");
            (await screener.GetAsync($"photos/{id}/renditions/web")).MustRefuse(404, "not-found");
            (await screener.PostAsync($"photos/{id}/screening", new { decision = "accepted" })).MustRefuse(404, "not-found");
        }
        var photo = await school.UploadAsync(await school.ActivityAsync());
        foreach (var name in new[] { "original", "Web", "huge", "%20" })
            (await screener.GetAsync($"photos/{photo}/renditions/{name}")).MustRefuse(404, "not-found");
    }

    private static string Long(int length) => new('x', length);
}
