using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Holds;

/// <summary>Concerns and holds (P16).</summary>
public sealed class HoldsTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly object Hold = new { reason = "Police asked for it", reviewOn = TestSchool.Today.AddDays(14) };

    [Theory]
    [InlineData("distressing")]
    [InlineData("inappropriate")]
    [InlineData("indecent")]
    [InlineData("other")]
    public async Task A_concern_is_a_hold_from_its_first_commit_and_hides_from_everybody_but_the_lead(string kind)
    {
        var school = await api.SchoolAsync();
        var lead = await school.SafeguardingAsync();
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), await school.ClearedPupilAsync());
        var concern = (await (await school.TeacherAsync()).PostAsync($"photos/{photo}/concerns", new { kind, note = "please look" })).Must(201).Id;
        foreach (var role in Enum.GetValues<Role>().Where(role => role != Role.Safeguarding))
        {
            var person = await school.AsAsync(role);
            (await person.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
            (await person.GetAsync($"photos/{photo}/renditions/thumb")).MustRefuse(404, "not-found");
            (await person.PostAsync($"photos/{photo}/concerns", new { kind })).MustRefuse(404, "not-found");
            (await person.PostAsync($"photos/{photo}/erasure", new { reason = "r" })).MustRefuse(404, "not-found");
            Assert.Empty((await person.GetAsync("photos")).Must(200).Items);
            if (role != Role.Head) (await person.PostAsync($"holds/{concern}/release")).MustRefuse(404, "not-found");
        }
        var held = (await lead.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("holds")[0];
        Assert.Equal((concern, kind, "please look"),
            (held.GetProperty("id").GetGuid(), held.GetProperty("concern").GetString(), held.GetProperty("note").GetString()));
        // Pixels of `indecent` are shown to nobody; of the others to the lead, once they are made.
        (await lead.GetAsync($"photos/{photo}/renditions/thumb")).MustRefuse(404, kind == "indecent" ? "not-found" : "rendition-not-ready");
    }

    [Fact]
    public async Task Fault54_two_different_people_release_a_hold()
    {
        var school = await api.SchoolAsync();
        var (lead, second) = (await school.SafeguardingAsync(), await school.PersonAsync(Role.Safeguarding, "Deputy"));
        var photo = await school.UploadAsync(await school.ActivityAsync());
        var hold = (await lead.PostAsync($"photos/{photo}/holds", Hold)).Must(201).Id;
        var first = (await lead.PostAsync($"holds/{hold}/release")).Must(202);
        Assert.Equal("awaitingSecond", first.Json.GetProperty("state").GetString());
        (await lead.PostAsync($"holds/{hold}/release")).MustRefuse(409, "second-person-needed");
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
        (await second.PostAsync($"holds/{hold}/release")).Must(200);
        (await second.PostAsync($"holds/{hold}/release")).MustRefuse(409, "hold-released");
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).Must(200);
        (await lead.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Fault54_two_who_release_at_once_are_still_two_people()
    {
        var school = await api.SchoolAsync();
        var (lead, second) = (await school.SafeguardingAsync(), await school.PersonAsync(Role.Safeguarding, "Deputy"));
        var photo = await school.UploadAsync(await school.ActivityAsync());
        var hold = (await lead.PostAsync($"photos/{photo}/holds", Hold)).Must(201).Id;
        var alone = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => lead.PostAsync($"holds/{hold}/release")));
        Assert.Equal([202, 409, 409, 409], alone.Select(reply => reply.Status).Order());
        (await second.PostAsync($"holds/{hold}/release")).Must(200);
    }

    [Fact]
    public async Task With_two_holds_the_release_of_one_shows_nothing()
    {
        var school = await api.SchoolAsync();
        var (lead, second) = (await school.SafeguardingAsync(), await school.PersonAsync(Role.Safeguarding, "Deputy"));
        var photo = await school.UploadAsync(await school.ActivityAsync());
        var one = (await lead.PostAsync($"photos/{photo}/holds", Hold)).Must(201).Id;
        (await lead.PostAsync($"photos/{photo}/holds", Hold)).Must(201);
        (await lead.PostAsync($"holds/{one}/release")).Must(202);
        (await second.PostAsync($"holds/{one}/release")).Must(200);
        (await (await school.TeacherAsync()).GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task A_hold_beats_a_deletion_that_was_ordered_before_it_and_the_deletion_goes_on_after_it()
    {
        var school = await api.SchoolAsync();
        var (lead, second) = (await school.SafeguardingAsync(), await school.PersonAsync(Role.Safeguarding, "Deputy"));
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        var hold = (await lead.PostAsync($"photos/{photo}/holds", Hold)).Must(201).Id;
        Assert.Equal(RemovalOutcome.Held, await api.Records.CarryOutAsync(photo));
        (await lead.PostAsync($"holds/{hold}/release")).Must(202);
        Assert.Equal(RemovalOutcome.Held, await api.Records.CarryOutAsync(photo));
        (await second.PostAsync($"holds/{hold}/release")).Must(200);
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
        (await lead.PostAsync($"photos/{photo}/holds", Hold)).MustRefuse(410, "gone");
    }
}
