using System.Globalization;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.Consent;

public sealed class ConsentTests(TestApi api) : IClassFixture<TestApi>
{
    private static object Given(
        string channel = "website", string answer = "given", string route = "paper", string kind = "guardian", string? guardianId = null,
        string? answeredAt = null, string? expiresOn = null) =>
        new { channel, answer, by = new { kind, name = "Grace Hopper", guardianId }, route, noticeVersion = "2026-09", answeredAt, expiresOn };

    [Fact]
    public async Task A_withdrawal_rules_from_its_answer_on()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Website));
        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        Assert.Equal("guardian-no", await pupil.StandingAsync(Channel.Website));
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Internal));
        await pupil.AnswerAsync(Channel.Website, Answer.Given);
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Website));
    }

    [Theory]
    [InlineData("tiktok", "given", "paper", "guardian", "unknown-channel")]
    [InlineData("website", "maybe", "paper", "guardian", "invalid")]
    [InlineData("website", "given", "pigeon", "guardian", "invalid")]
    [InlineData("website", "given", "paper", "neighbour", "invalid")]
    [InlineData("website", "given", "phone", "guardian", "consent-not-in-writing")]
    [InlineData("website", "given", "phone", "pupil", "consent-not-in-writing")]
    public async Task An_answer_that_cannot_be_is_refused(string channel, string answer, string route, string kind, string problem)
    {
        var school = await api.SchoolAsync();
        var (office, pupil) = (await school.OfficeAsync(), await school.PupilAsync());
        (await office.PostAsync($"{pupil.Path}/consents", Given(channel, answer, route, kind))).MustRefuse(422, problem);
        Assert.Empty((await office.GetAsync($"{pupil.Path}/consents")).Items);
    }

    [Fact]
    public async Task A_no_is_taken_by_any_route()
    {
        var school = await api.SchoolAsync();
        var (office, pupil) = (await school.OfficeAsync(), await school.PupilAsync());
        foreach (var route in new[] { "paper", "online", "email", "phone", "mis" })
            (await office.PostAsync($"{pupil.Path}/consents", Given(answer: "refused", route: route))).Must(201);
    }

    [Fact]
    public async Task Only_strict_wants_consent_in_writing()
    {
        var school = await api.SchoolAsync(PolicyProfile.WorkplacePreferred);
        var (office, pupil) = (await school.OfficeAsync(), await school.PupilAsync());
        (await office.PostAsync($"{pupil.Path}/consents", Given(route: "phone"))).Must(201);
    }

    [Fact]
    public async Task The_future_has_not_been_answered_and_an_answer_does_not_expire_before_it_is_given()
    {
        var school = await api.SchoolAsync();
        var (office, pupil) = (await school.OfficeAsync(), await school.PupilAsync());
        (await office.PostAsync($"{pupil.Path}/consents", Given(answeredAt: "2999-01-01T00:00:00Z"))).MustRefuse(422, "answer-in-future");
        (await office.PostAsync($"{pupil.Path}/consents", Given(answeredAt: "2026-05-01T10:00:00"))).MustRefuse(422, "invalid");
        (await office.PostAsync($"{pupil.Path}/consents", Given(answeredAt: "2026-05-02T00:30:00+01:00", expiresOn: "2026-05-01")))
            .MustRefuse(422, "invalid");
        var taken = (await office.PostAsync($"{pupil.Path}/consents", Given(answeredAt: "2026-05-02T00:30:00+01:00", expiresOn: "2026-05-02"))).Must(201);
        Assert.Equal("2026-05-01T23:30:00Z", taken.Json.GetProperty("answeredAt").GetString());
    }

    [Fact]
    public async Task Who_has_no_parental_responsibility_can_say_no_and_cannot_say_yes()
    {
        var school = await api.SchoolAsync();
        var (office, pupil) = (await school.OfficeAsync(), await school.PupilAsync());
        (await office.PutAsync($"{pupil.Path}/guardians/g1", new { name = "Grace Hopper", responsibility = false })).Must(201);
        (await office.PostAsync($"{pupil.Path}/consents", Given(guardianId: "g1"))).MustRefuse(422, "no-parental-responsibility");
        (await office.PostAsync($"{pupil.Path}/consents", Given(guardianId: "g2"))).MustRefuse(422, "unknown-guardian");
        (await office.PostAsync($"{pupil.Path}/consents", Given(answer: "refused", guardianId: "g1"))).Must(201);
        (await office.PutAsync($"{pupil.Path}/guardians/g1", new { name = "Grace Hopper", responsibility = true })).Must(200);
        (await office.PostAsync($"{pupil.Path}/consents", Given(guardianId: "g1"))).Must(201);
        (await office.PostAsync($"{pupil.Path}/consents", Given(kind: "pupil", guardianId: "g1"))).MustRefuse(422, "invalid");
    }

    [Fact]
    public async Task An_answer_recorded_in_error_stays_readable_and_does_not_revive_the_yes_before()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var no = await pupil.AnswerAsync(Channel.Website, Answer.Refused);
        var office = await school.OfficeAsync();
        (await office.PostAsync($"consents/{no}/invalidation", new { reason = "another pupil's form" })).Must(200);
        (await office.PostAsync($"consents/{no}/invalidation", new { reason = "again" })).Must(200);
        Assert.Equal("fresh-answer-needed", await pupil.StandingAsync(Channel.Website));
        var readable = (await office.GetAsync($"{pupil.Path}/consents")).Items.Single(item => item.GetProperty("id").GetGuid() == no);
        Assert.Equal("another pupil's form", readable.GetProperty("invalidation").GetProperty("reason").GetString());
        (await office.PostAsync($"consents/{Guid.NewGuid()}/invalidation", new { reason = "r" })).MustRefuse(404, "not-found");
        (await (await (await api.SchoolAsync()).OfficeAsync()).PostAsync($"consents/{no}/invalidation", new { reason = "r" })).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Only_the_office_keeps_the_records()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        foreach (var role in Enum.GetValues<Role>().Where(role => role != Role.Office))
        {
            var person = await school.AsAsync(role);
            (await person.PostAsync($"{pupil.Path}/consents", Given())).MustRefuse(403, "role-may-not");
            (await person.GetAsync($"{pupil.Path}/consents")).MustRefuse(403, "role-may-not");
        }
    }

    [Fact]
    public async Task A_teacher_is_told_whether_and_not_why()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        var told = (await (await school.TeacherAsync()).GetAsync($"{pupil.Path}/standing")).Must(200).Json.GetProperty("channels");
        Assert.Equal(["internal", "display", "newsletter", "website", "social", "press"], told.EnumerateObject().Select(channel => channel.Name));
        Assert.All(told.EnumerateObject(), channel => Assert.Equal("{\"cleared\":false}", channel.Value.GetRawText()));
        Assert.Equal("no-answer", await pupil.StandingAsync(Channel.Website));
        (await (await school.HeadAsync()).GetAsync($"{pupil.Path}/standing")).MustRefuse(403, "role-may-not");
    }

    [Fact]
    public async Task The_standing_of_another_day_is_told_by_what_was_answered_until_then()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        await pupil.AnswerAsync(Channel.Website, Answer.Given, answeredAt: Day("2026-03-01"), expiresOn: new(2026, 8, 31));
        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn, answeredAt: Day("2026-06-01"));
        Assert.Equal(["no-answer"], await At("2026-02-01T00:00:00Z"));
        Assert.Empty(await At("2026-04-01T00:00:00%2B01:00"));
        Assert.Empty(await At("2026-04-01T00:00:00+01:00"));
        Assert.Equal(["guardian-no"], await At("2026-06-01"));
        (await (await school.OfficeAsync()).GetAsync($"{pupil.Path}/standing?at=yesterday")).MustRefuse(422, "invalid");

        async Task<string[]> At(string at) => [.. (await (await school.OfficeAsync()).GetAsync($"{pupil.Path}/standing?at={at}")).Must(200)
            .Json.GetProperty("channels").GetProperty("website").GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)];
    }

    [Fact]
    public async Task Fault46_Answers_at_once_are_recorded_one_after_the_other()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            pupil.AnswerAsync(Channel.Website, number % 2 == 0 ? Answer.Given : Answer.Withdrawn)));
        Assert.Equal(8L, await api.Records.ScalarAsync<long>(
            "select count(distinct answered_at) from consent_answers where school_id = $1", school.Id));
    }

    private static DateTimeOffset Day(string text) => DateTimeOffset.Parse(text + "T12:00:00Z", CultureInfo.InvariantCulture);
}
