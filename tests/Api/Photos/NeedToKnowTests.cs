using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>Who knows of a photo, and what they are told (P14; contract, Status codes and Reasons). Everybody's every call: tests/NeedToKnow.</summary>
public sealed class NeedToKnowTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Another_school_gets_404_for_everything()
    {
        var school = await api.SchoolAsync();
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: Channel.Website), await school.ClearedPupilAsync(Channel.Website));
        var hold = (await (await school.SafeguardingAsync()).PostAsync($"photos/{photo}/holds", new { reason = "r", reviewOn = TestSchool.Today.AddDays(9) })).Must(201).Id;
        var purge = (await (await school.IctAsync()).PostAsync("purges", new { dryRun = true })).Must(202).Id;
        var strangers = await api.SchoolAsync();
        foreach (var role in Enum.GetValues<Role>())
        {
            var stranger = await strangers.AsAsync(role);
            foreach (var reply in await EveryCallAsync(stranger, photo, hold, purge)) reply.MustRefuse(404, reply.Problem == "no-certificate" ? "no-certificate" : "not-found");
            Assert.Empty((await stranger.GetAsync("photos")).Must(200).Items);
        }
    }

    [Fact]
    public async Task Of_a_destroyed_picture_another_school_is_told_no_more_than_of_any_other()
    {
        var (school, strangers) = (await api.SchoolAsync(), await api.SchoolAsync());
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.HeadAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
        (await (await school.HeadAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        foreach (var role in Enum.GetValues<Role>())
        {
            var stranger = await strangers.AsAsync(role);
            (await stranger.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
            (await stranger.GetAsync($"photos/{photo}/renditions/web")).MustRefuse(404, "not-found");
        }
        (await (await strangers.HeadAsync()).GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
    }

    [Fact]
    public async Task By_HEAD_nobody_learns_whether_a_picture_is_there()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        foreach (var person in new[] { api.Nobody, await school.TeacherOfAsync("9Z"), await school.EditorAsync(), await (await api.SchoolAsync()).HeadAsync() })
        {
            foreach (var path in new[] { "photos/{0}", "photos/{0}/renditions/web", "channels/website/photos/{0}/web", "photos/{0}/certificate" })
            {
                Assert.Equal(await HeadAsync(person, path, Guid.NewGuid()), await HeadAsync(person, path, photo));
            }
        }

        static async Task<int> HeadAsync(Person person, string path, Guid photo) => (await person.SendAsync(
            HttpMethod.Head, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, photo), null)).Status;
    }

    [Fact]
    public async Task A_teacher_sees_own_uploads_and_those_with_a_child_of_their_classes()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var pupil = await school.ClearedPupilAsync();
        var (own, hers) = (await school.TeacherOfAsync(), await school.TeacherOfAsync("3B"));
        var photo = (await own.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture())).Must(201).Id;
        (await own.GetAsync($"photos/{photo}")).Must(200);
        (await hers.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
        (await own.PutAsync($"photos/{photo}/pupils", new { pupils = new[] { pupil.MisId }, nobodyElse = false })).Must(200);
        (await hers.GetAsync($"photos/{photo}")).Must(200);
        Assert.Single((await hers.GetAsync($"photos?activity={activity}&screening=pending")).Must(200).Items);
        Assert.Empty((await hers.GetAsync("photos?screening=accepted")).Must(200).Items);
        Assert.Empty((await (await school.TeacherOfAsync()).GetAsync("photos")).Must(200).Items);
        (await hers.GetAsync("photos?screening=perhaps")).MustRefuse(422, "invalid");
    }

    [Fact]
    public async Task Every_look_at_a_picture_is_logged_with_who_it_was()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await api.Records.ExecuteAsync("delete from work where subject <> $1", photo);
        var claim = Assert.Single(await api.Records.RunAsync<WorkQueue, List<WorkItem>>(queue => queue.ClaimAsync("test", [WorkKinds.Render], 1, default)));
        Assert.True(await api.Records.RunAsync<RenditionDesk, bool>(desk => desk.KeepAsync(
            claim, [new(ObjectKind.Thumb, "jpeg", 64, 48, new byte[] { 1 }), new(ObjectKind.Web, "jpeg", 64, 48, new byte[] { 2 })], default)));
        Person[] looking = [await school.TeacherAsync(), await school.OfficeAsync(), await school.TeacherAsync()];
        foreach (var person in looking) (await person.GetAsync($"photos/{photo}/renditions/web")).Must(200);
        Assert.Equal(looking.Select(person => person.Id), await api.Records.ScalarAsync<Guid[]>(
            "select array_agg(actor_id order by id) from audit_entries where event = 'photo.opened' and photo_id = $1", photo));
    }

    [Fact]
    public async Task What_concerns_a_child_is_told_to_the_office_alone()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync();
        await pupil.AnswerAsync(Channel.Website, Answer.Refused);
        var photo = await school.UploadAsync(await school.ActivityAsync(channels: Channel.Website));
        await school.LinkAsync(photo, pupil);
        Assert.Equal(["guardian-no", "unscreened"], await ReasonsAsync(await school.OfficeAsync(), photo));
        foreach (var person in new[] { await school.TeacherAsync(), await school.ScreenerAsync(), await school.HeadAsync() })
            Assert.Equal(["pupil-not-cleared", "unscreened"], await ReasonsAsync(person, photo));

        var held = (await (await school.HeadAsync()).PostAsync($"photos/{photo}/concerns", new { kind = "other" })).Must(201).Id;
        var lead = await school.SafeguardingAsync();
        Assert.Equal(["guardian-no", "held", "unscreened"], await ReasonsAsync(lead, photo));
        Assert.Equal(held, (await lead.GetAsync($"photos/{photo}")).Json.GetProperty("holds")[0].GetProperty("id").GetGuid());
        Assert.Single((await lead.GetAsync("photos")).Must(200).Items);
    }

    private static async Task<string[]> ReasonsAsync(Person person, Guid photo) =>
        [.. (await person.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("clearance").GetProperty("website").GetProperty("reasons")
            .EnumerateArray().Select(reason => reason.GetString()!).Order()];

    private static async Task<Reply[]> EveryCallAsync(Person person, Guid photo, Guid hold, Guid purge) =>
    [
        await person.GetAsync($"photos/{photo}"),
        await person.GetAsync($"photos/{photo}/renditions/thumb"),
        await person.GetAsync($"photos/{photo}/certificate"),
        await person.PutAsync($"photos/{photo}/pupils", new { pupils = Array.Empty<string>(), nobodyElse = true }),
        await person.PutAsync($"photos/{photo}/description", new { alt = "x" }),
        await person.PostAsync($"photos/{photo}/screening", new { decision = "accepted" }),
        await person.DeleteAsync($"photos/{photo}"),
        await person.PostAsync($"photos/{photo}/erasure", new { reason = "r" }),
        await person.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home" }),
        await person.PostAsync($"photos/{photo}/concerns", new { kind = "other" }),
        await person.PostAsync($"photos/{photo}/holds", new { reason = "r", reviewOn = TestSchool.Today.AddDays(9) }),
        await person.PostAsync($"holds/{hold}/release"),
        await person.GetAsync($"purges/{purge}"),
        await person.PostAsync($"purges/{purge}/approval"),
        await person.PostAsync($"removals/{Guid.NewGuid()}/done", new { proof = "p" }),
    ];
}
