using System.IO.Compression;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Holds;

/// <summary>What is held goes to the police sealed, and to nobody else (P16).</summary>
public sealed class PoliceExportTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task Two_people_hand_an_indecent_picture_over_sealed_and_nobody_sees_it()
    {
        var (school, photo) = await IndecentAsync();
        var (lead, head) = (await school.SafeguardingAsync(), await school.HeadAsync());
        foreach (var role in Enum.GetValues<Role>().Except([Role.Safeguarding, Role.Head]))
            (await (await school.AsAsync(role)).PostAsync($"photos/{photo}/police-export")).MustRefuse(404, "not-found");

        var first = (await lead.PostAsync($"photos/{photo}/police-export")).Must(202);
        Assert.Equal("awaitingSecond", first.Json.GetProperty("state").GetString());
        (await lead.GetAsync($"photos/{photo}/police-exports/{first.Id}")).MustRefuse(409, "export-not-ready");
        (await lead.PostAsync($"photos/{photo}/police-export")).MustRefuse(409, "second-person-needed");
        var second = (await head.PostAsync($"photos/{photo}/police-export", key: "once")).Must(201);
        var passphrase = second.Json.GetProperty("passphrase").GetString()!;
        // Told once: the same request again is told nothing new.
        Assert.False((await head.PostAsync($"photos/{photo}/police-export", key: "once")).Must(201).Json.TryGetProperty("passphrase", out var again) && again.ValueKind != JsonValueKind.Null);

        var deputy = await school.PersonAsync(Role.Safeguarding, "Deputy");
        (await deputy.GetAsync($"photos/{photo}/police-exports/{first.Id}")).MustRefuse(404, "not-found");
        var file = (await lead.GetAsync($"photos/{photo}/police-exports/{first.Id}")).Must(200).Bytes;
        (await head.GetAsync($"photos/{photo}/police-exports/{first.Id}")).MustRefuse(410, "export-taken");

        Assert.Null(SealedFile.Open(file, SealedFile.NewPassphrase()));
        file[^20] ^= 1;
        Assert.Null(SealedFile.Open(file, passphrase));
        file[^20] ^= 1;
        using var archive = new ZipArchive(new MemoryStream(SealedFile.Open(file, passphrase.ToLowerInvariant().Replace('-', ' '))!));
        using var picture = new MemoryStream();
        await using (var entry = archive.GetEntry("picture.jpeg")!.Open()) await entry.CopyToAsync(picture);
        Assert.Equal([0xff, 0xd8, 0xff], picture.ToArray()[..3]);
        await using var record = archive.GetEntry("record.json")!.Open();
        var told = (await JsonDocument.ParseAsync(record)).RootElement;
        Assert.Equal("indecent", told.GetProperty("concerns")[0].GetProperty("kind").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(picture.ToArray())), told.GetProperty("picture").GetProperty("sha256").GetString());

        // Still held, still shown to nobody, and every step is in the chain.
        foreach (var size in new[] { "thumb", "web", "print", "original" })
            (await lead.GetAsync($"photos/{photo}/renditions/{size}")).MustRefuse(404, "not-found");
        Assert.Equal(["export.asked", "export.refused", "export.approved", "export.taken"],
            (await api.Records.EventsAsync(school.Id)).Where(name => name.StartsWith("export.", StringComparison.Ordinal)));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from police_exports where wrapped is not null and photo_id = $1", photo));
    }

    [Fact]
    public async Task Fault54_the_database_itself_refuses_one_person_twice()
    {
        var (school, photo) = await IndecentAsync();
        (await (await school.HeadAsync()).PostAsync($"photos/{photo}/police-export")).Must(202);
        var error = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => api.Records.ExecuteAsync(
            "update police_exports set approved_by = asked_by, approved_at = now(), wrapped = '\\x00' where photo_id = $1", photo));
        Assert.Equal(Npgsql.PostgresErrorCodes.CheckViolation, error.SqlState);
    }

    [Fact]
    public async Task What_is_not_held_is_not_exported()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.SafeguardingAsync()).PostAsync($"photos/{photo}/police-export")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task The_page_asks_two_people_tells_the_passphrase_once_and_gives_the_file()
    {
        var (school, photo) = await IndecentAsync();
        using var lead = await school.VisitAsync(Role.Safeguarding);
        using var head = await school.VisitAsync(Role.Head);
        (await lead.PostToAsync("/holds", "/holds?handler=export")).Must(200).MustSay("A second person has to agree.");
        (await head.PostToAsync("/holds", "/holds?handler=export")).Must(200).MustSay("told here once");
        Assert.DoesNotContain("told here once", (await head.GetAsync("/holds")).Words, StringComparison.Ordinal);
        (await head.GetAsync("/holds")).MustSay("Take the sealed file");
        (await lead.PostToAsync("/holds", "/holds?handler=take")).Must(200);
        Assert.DoesNotContain("Take the sealed file", (await head.GetAsync("/holds")).Words, StringComparison.Ordinal);
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from police_exports where taken_by is not null and photo_id = $1", photo));
    }

    [Fact]
    public async Task A_hold_whose_day_has_come_is_told_once_and_stays_until_it_is_looked_at()
    {
        var (school, photo) = await IndecentAsync();
        using var lead = await school.VisitAsync(Role.Safeguarding);
        Assert.Equal(0, await TellAsync());
        await api.Records.ExecuteAsync("update holds set review_on = current_date - 1 where photo_id = $1", photo);
        Assert.Equal(1, await TellAsync());
        Assert.Equal(0, await TellAsync());
        (await lead.GetAsync("/holds")).MustSay("1 picture is to be looked at again.");
        using var ict = await school.VisitAsync(Role.Ict);
        (await ict.GetAsync("/operations")).MustSay("1 locked picture is to be looked at again");
        (await lead.PostToAsync("/holds", "/holds?handler=review", ("reviewOn", TestSchool.Today.AddDays(30).ToString("yyyy-MM-dd", null)))).Must(200).MustSay("Saved.");
        Assert.DoesNotContain("to be looked at again.", (await lead.GetAsync("/holds")).Words, StringComparison.Ordinal);
        Assert.Contains("hold.reviewed", await api.Records.EventsAsync(school.Id));
        Assert.Equal(0, await TellAsync());
    }

    [Fact]
    public async Task What_is_held_while_it_is_being_rendered_gets_no_rendition()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        await api.Records.ExecuteAsync("delete from work where subject <> $1", photo);
        var item = (await flows.ClaimAsync(WorkKinds.Render))!;
        // It was opened and decoded; only now comes the concern.
        (await (await school.TeacherAsync()).PostAsync($"photos/{photo}/concerns", new { kind = "indecent" })).Must(201);
        var refused = await Assert.ThrowsAsync<Refusal>(() => flows.RunAsync((RenditionDesk desk) =>
            desk.KeepAsync(item, [new(ObjectKind.Thumb, "jpeg", 64, 48, new byte[] { 1, 2, 3 })], CancellationToken.None)));
        Assert.Equal(410, refused.Status);
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from objects where photo_id = $1", photo));
        Assert.Equal(1, Kept.FilesOf(api.Records, photo.ToString()));
    }

    private Task<int> TellAsync() => api.Records.RunAsync<HoldReviews, int>(reviews => reviews.TellAsync(CancellationToken.None));

    private async Task<(TestSchool, Guid)> IndecentAsync()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        (await (await school.TeacherAsync()).PostAsync($"photos/{photo}/concerns", new { kind = "indecent" })).Must(201);
        return (school, photo);
    }
}
