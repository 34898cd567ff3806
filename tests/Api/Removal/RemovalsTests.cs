using PhotoGuard.Records.Removal;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Removal;

/// <summary>Taking a picture back, erasure, certificates, and the list of what still has to disappear.</summary>
public sealed class RemovalsTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task The_uploader_takes_a_picture_back_until_it_is_screened()
    {
        var school = await api.SchoolAsync();
        var (teacher, office) = (await school.TeacherAsync(), await school.OfficeAsync());
        var activity = await school.ActivityAsync();
        var screened = await school.UploadAsync(activity);
        await school.AcceptAsync(screened);
        (await teacher.DeleteAsync($"photos/{screened}")).MustRefuse(409, "screened-already");

        var photo = await school.UploadAsync(activity);
        Assert.Equal("beingRemoved", (await teacher.DeleteAsync($"photos/{photo}")).Must(202).Json.GetProperty("state").GetString());
        (await teacher.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        (await teacher.DeleteAsync($"photos/{photo}")).MustRefuse(410, "gone");
        (await office.GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));
        Assert.Equal(RemovalOutcome.NothingToDo, await api.Records.CarryOutAsync(photo));
        var certificate = (await office.GetAsync($"photos/{photo}/certificate")).Must(200).Json;
        Assert.Equal("withdrawnByUploader", certificate.GetProperty("cause").GetString());
        Assert.Equal(1, certificate.GetProperty("objectsDeleted").GetInt32());
        Assert.Equal(0, Kept.FilesOf(api.Records, photo.ToString()));
    }

    [Fact]
    public async Task A_certificate_is_for_office_head_and_safeguarding()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.HeadAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        foreach (var person in new[] { await school.TeacherAsync(), await school.HeadAsync(), await school.IctAsync() })
            (await person.GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
        await api.Records.CarryOutAsync(photo);
        foreach (var person in new[] { await school.OfficeAsync(), await school.HeadAsync(), await school.SafeguardingAsync() })
            (await person.GetAsync($"photos/{photo}/certificate")).Must(200);
        foreach (var person in new[] { await school.TeacherAsync(), await school.ScreenerAsync(), await school.EditorAsync(), await school.IctAsync() })
            (await person.GetAsync($"photos/{photo}/certificate")).MustRefuse(403, "role-may-not");
        (await (await (await api.SchoolAsync()).OfficeAsync()).GetAsync($"photos/{photo}/certificate")).MustRefuse(404, "no-certificate");
    }

    [Fact]
    public async Task Our_own_copy_is_in_the_list_until_it_is_gone_and_nobody_marks_it_by_hand()
    {
        var school = await api.SchoolAsync();
        var office = await school.OfficeAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await office.PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        var open = Assert.Single((await office.GetAsync("removals?state=open")).Must(200).Items);
        Assert.Equal(("store", "erasure", "open"),
            (open.GetProperty("place").GetString(), open.GetProperty("cause").GetString(), open.GetProperty("state").GetString()));
        var removal = open.GetProperty("id").GetGuid();
        (await office.PostAsync($"removals/{removal}/done", new { proof = "saw it" })).MustRefuse(409, "removal-is-ours");
        (await (await school.TeacherAsync()).PostAsync($"removals/{removal}/done", new { proof = "saw it" })).MustRefuse(403, "role-may-not");
        await api.Records.CarryOutAsync(photo);
        Assert.Empty((await office.GetAsync("removals?state=open")).Must(200).Items);
        Assert.Single((await office.GetAsync("removals?state=done")).Must(200).Items);
        (await office.GetAsync("removals?state=lost")).MustRefuse(422, "invalid");
    }

    [Fact]
    public async Task What_went_wrong_is_told_without_anything_from_inside()
    {
        var school = await api.SchoolAsync();
        var office = await school.OfficeAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await office.PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        var order = await api.Records.ScalarAsync<Guid>("select id from removals where photo_id = $1", photo);
        await api.Records.RunAsync<Removals>(removals => removals.NoteFailureAsync(order, new InvalidOperationException("/srv/secret/place of Ada"), default));
        var told = Assert.Single((await office.GetAsync("removals")).Must(200).Items).GetProperty("lastError").GetString()!;
        Assert.DoesNotContain("secret", told, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException", told, StringComparison.Ordinal);
    }
}
