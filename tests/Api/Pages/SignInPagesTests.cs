using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pages;

public sealed class SignInPagesTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Looking_at_a_link_does_not_use_it_up_and_pressing_its_button_does()
    {
        var school = await api.SchoolAsync();
        var link = await school.LinkAsync(Role.Teacher);
        using var preview = new PageVisitor(api.Address);
        for (var look = 0; look < 3; look++) (await preview.GetAsync($"/sign-in/{link}")).Must(200).MustSay("works once");

        using var teacher = new PageVisitor(api.Address);
        (await teacher.PostAsync($"/sign-in/{link}")).Must(200).MustSay("Choose a sign-in name and password");
        (await teacher.GetAsync("/")).Must(200).MustSay("The teacher").MustSay("Activities");

        var late = (await preview.PostAsync($"/sign-in/{link}")).Must(410);
        Assert.Contains("has been used", late.Refused, StringComparison.Ordinal);
        Assert.StartsWith("/sign-in", (await preview.GetAsync("/")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_choosing_a_password_a_person_signs_in_by_it_and_comes_to_the_page_they_wanted()
    {
        var school = await api.SchoolAsync();
        using var first = await school.VisitAsync(Role.Teacher);
        var weak = (await first.PostAsync("/sign-in-name", ("name", "teacher.two"), ("password", "short"))).Must(422);
        Assert.Equal("teacher.two", weak.Held("name"));
        (await first.PostAsync("/sign-in-name", ("name", "teacher.two"), ("password", "right-7-answer"))).Must(200).MustSay("Saved.");

        using var later = new PageVisitor(api.Address);
        Assert.Equal("/sign-in?to=%2Factivities%3Fname%3Dada", (await later.GetAsync("/activities?name=ada")).Path);
        var wrong = (await later.PostAsync("/sign-in?to=%2Factivities%3Fname%3Dada", ("name", "teacher.two"), ("password", "wrong-7-answer"))).Must(401);
        Assert.Equal("teacher.two", wrong.Held("name"));
        Assert.Equal("/activities?name=ada", (await later.PostAsync(
            "/sign-in?to=%2Factivities%3Fname%3Dada", ("name", "teacher.two"), ("password", "right-7-answer"))).Must(200).Path);
    }

    [Fact]
    public async Task An_iPad_stays_the_schools_device_when_somebody_signs_in_on_it_by_password()
    {
        var school = await api.SchoolAsync();
        using var iPad = await school.VisitAsync(Role.Teacher, device: "iPad 07");
        (await iPad.PostAsync("/sign-in-name", ("name", "teacher.one"), ("password", "right-7-answer"))).Must(200);
        var path = $"/activities/{await school.ActivityAsync()}/pictures";
        using var phone = new PageVisitor(api.Address);
        foreach (var browser in new[] { iPad, phone })
        {
            if (browser == iPad) await browser.PostAsync("/sign-out");
            (await browser.PostAsync("/sign-in", ("name", "teacher.one"), ("password", "right-7-answer"))).Must(200);
        }

        (await iPad.SendFilesAsync(path, ("one.jpeg", TestPhotos.Picture()))).Must(200).MustSay("1 of 1 picture taken");
        (await phone.SendFilesAsync(path, ("one.jpeg", TestPhotos.Picture()))).Must(422).MustSay("the school's own devices only");

        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.PostToAsync("/devices", "/devices?handler=revoke")).Must(200);
        Assert.StartsWith("/sign-in", (await iPad.GetAsync(path)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_sent_to_another_site_after_signing_in()
    {
        var school = await api.SchoolAsync();
        using var first = await school.VisitAsync(Role.Teacher);
        (await first.PostAsync("/sign-in-name", ("name", "office.two"), ("password", "right-7-answer"))).Must(200);
        using var later = new PageVisitor(api.Address);
        Assert.Equal("/", (await later.PostAsync(
            "/sign-in?to=https%3A%2F%2Fexample.org", ("name", "office.two"), ("password", "right-7-answer"))).Must(200).Path);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var school = await api.SchoolAsync();
        using var head = await school.VisitAsync(Role.Head);
        (await head.PostAsync("/sign-out")).Must(200);
        Assert.StartsWith("/sign-in", (await head.GetAsync("/removals")).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_without_the_seal_of_this_browser_does_nothing()
    {
        var school = await api.SchoolAsync();
        using var teacher = await school.VisitAsync(Role.Teacher);
        using var other = await school.VisitAsync(Role.Screener);
        var foreign = (await other.GetAsync("/sign-in-name")).Held("seal")!;
        foreach (var seal in new[] { "", "x", foreign })
        {
            var refused = await teacher.SendAsync("/activities/new", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["seal"] = seal, ["title"] = "Forged", ["purpose"] = "None", ["heldOn"] = "2026-11-01", ["afterwards"] = "None",
            }));
            refused.Must(400).MustSay("This page was open for too long");
        }

        Assert.DoesNotContain("Forged", (await teacher.GetAsync("/activities")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_nowhere_is_told_in_plain_words()
    {
        using var nobody = new PageVisitor(api.Address);
        (await nobody.GetAsync("/nowhere")).Must(404).MustSay("There is nothing at this address.");
    }
}

public sealed class FirstSchoolPageTests
{
    [Fact]
    public async Task The_first_link_of_all_makes_the_school_and_its_ict_person_once()
    {
        var api = new TestApi();
        await api.InitializeAsync();
        try
        {
            var link = await api.Records.RunAsync<FirstSchool, string?>(first => first.LinkAsync(CancellationToken.None));
            using var ict = new PageVisitor(api.Address);
            var wrong = (await ict.PostAsync($"/sign-in/{link}", ("school", "Oakfield Primary"), ("name", ""), ("zone", "Europe/London"))).Must(422);
            Assert.Equal("Oakfield Primary", wrong.Held("school"));
            (await ict.PostAsync($"/sign-in/{link}", ("school", "Oakfield Primary"), ("name", "Ida Clark"), ("zone", "Europe/London"))).Must(200);
            (await ict.GetAsync("/")).Must(200).MustSay("Oakfield Primary").MustSay("People").MustSay("Devices");

            (await ict.PostAsync("/people", ("name", "Tom Hall"), ("roles", "Teacher"), ("device", "iPad 07"))).Must(200).MustSay("Sign-in link for Tom Hall");
            (await ict.GetAsync("/people")).MustSay("Tom Hall");
            (await ict.GetAsync("/devices")).MustSay("iPad 07");
            using var late = new PageVisitor(api.Address);
            (await late.PostAsync($"/sign-in/{link}")).Must(410);
        }
        finally
        {
            await api.DisposeAsync();
        }
    }
}
