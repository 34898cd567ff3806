using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

using static PhotoGuard.Records.Consent.Answer;

namespace PhotoGuard.Tests.Api.Pages;

public sealed class PupilPagesTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task The_office_adds_a_pupil_and_a_guardian_and_records_a_yes()
    {
        var school = await api.SchoolAsync();
        using var office = await school.VisitAsync(Role.Office);
        var early = (await office.PostAsync("/pupils/new", Pupil("2999-01-01"))).Must(422);
        Assert.Equal("Maya", early.Held("givenName"));
        (await office.PostAsync("/pupils/new", Pupil("2018-05-01"))).Must(200).MustSay("Maya Lind").MustSay("No guardian has given consent yet.");
        (await office.PostAsync("/pupils/new", Pupil("2018-05-01"))).Must(422).MustSay("There is a pupil with that number already.");
        (await office.PostAsync("/pupils/m1/guardians/new", ("number", "g1"), ("name", "Eva Lind"), ("responsibility", "true"))).Must(200).MustSay("Eva Lind");

        var spoken = (await office.PostAsync("/pupils/m1/answer", Answer("Given", "Internal", "Phone"))).Must(422);
        Assert.Contains("Consent has to be in writing", spoken.Refused, StringComparison.Ordinal);
        Assert.Equal("2026-09", spoken.Held("notice"));
        Assert.NotNull(spoken.Document.QuerySelector("input[name=by][value='id:g1'][checked]"));
        (await office.PostAsync("/pupils/m1/answer", Answer("Given", "Internal", "Paper"))).Must(200)
            .MustSay("The answer is recorded and in force.").MustSay("Inside the school Yes").MustSay("Eva Lind (guardian), on paper");

        Assert.Equal("/pupils/m1", (await office.GetAsync("/pupils?name=lind%20may")).Document.QuerySelector(".rows a")!.GetAttribute("href"));
        (await office.GetAsync("/pupils?name=nobody")).MustSay("No pupil was found.");

        static (string, string)[] Pupil(string born) =>
            [("number", "m1"), ("givenName", "Maya"), ("familyName", "Lind"), ("dateOfBirth", born), ("className", "3B")];
    }

    [Fact]
    public async Task Before_a_no_is_recorded_the_office_is_told_how_many_pictures_it_destroys()
    {
        var school = await api.SchoolAsync();
        var (pupil, friend) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var activity = await school.ActivityAsync();
        await school.LinkAsync(await school.UploadAsync(activity), pupil);
        await school.LinkAsync(await school.UploadAsync(activity), pupil, friend);
        await school.LinkAsync(await school.UploadAsync(activity), friend);
        using var office = await school.VisitAsync(Role.Office);

        var asked = (await office.PostAsync($"/pupils/{pupil.MisId}/answer", Answer("Withdrawn", "Internal", "Phone", "guardian"))).Must(200);
        asked.MustSay("2 pictures will be destroyed for good.");
        Assert.Equal("cleared", await pupil.StandingAsync(Channel.Internal));
        Assert.Equal(0L, await OpenRemovalsAsync(school));

        var fields = asked.Document.QuerySelectorAll<IHtmlInputElement>("main form input").ToDictionary(input => input.Name!, input => input.Value);
        (await office.SendAsync($"/pupils/{pupil.MisId}/answer", new FormUrlEncodedContent(fields))).Must(200).MustSay("The answer is recorded");
        Assert.Equal("guardian-no", await pupil.StandingAsync(Channel.Internal));
        Assert.Equal(2L, await OpenRemovalsAsync(school));
    }

    [Fact]
    public async Task An_answer_recorded_in_error_stays_readable_and_no_longer_counts()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        var answer = await pupil.AnswerAsync(Channel.Internal, Given);
        using var office = await school.VisitAsync(Role.Office);
        var path = $"/pupils/{pupil.MisId}/answers/{answer}/error";
        (await office.PostAsync(path, ("reason", ""))).Must(422).MustSay("Please fill in 'reason'.");
        (await office.PostAsync(path, ("reason", "Wrong pupil"))).Must(200).MustSay("In error: Wrong pupil").MustSay("No guardian has given consent yet.");
        (await office.GetAsync($"/pupils/{(await school.PupilAsync()).MisId}/answers/{answer}/error")).Must(404);
    }

    [Fact]
    public async Task The_reason_of_a_block_is_for_the_safeguarding_lead_alone()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        using var lead = await school.VisitAsync(Role.Safeguarding);
        (await lead.PostAsync($"/blocks/{pupil.MisId}", ("reason", "Court order"))).Must(200).MustSay("Blocked: Court order");
        using var office = await school.VisitAsync(Role.Office);
        var seen = (await office.GetAsync($"/pupils/{pupil.MisId}")).MustSay("The safeguarding lead has blocked pictures of this pupil.");
        Assert.DoesNotContain("Court order", seen.Words, StringComparison.Ordinal);
        (await lead.PostToAsync($"/blocks/{pupil.MisId}", $"/blocks/{pupil.MisId}?handler=lift")).Must(200).MustSay("The block is lifted.");
    }

    private static (string, string)[] Answer(string answer, string channel, string route, string by = "id:g1") =>
        [("by", by), ("name", "Grace Hopper"), ("channel", channel), ("answer", answer), ("route", route), ("notice", "2026-09")];

    private Task<long> OpenRemovalsAsync(TestSchool school) => api.Records.ScalarAsync<long>(
        "select count(*) from removals where school_id = $1 and place = 'store' and cancelled_at is null", school.Id);
}
