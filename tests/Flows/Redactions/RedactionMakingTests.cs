using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Ingest.Pixels;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Workers.Photos;
using PhotoGuard.Workers.Sandbox;
using PhotoGuard.Tests.Faults.CrashPoints;

namespace PhotoGuard.Tests.Flows.Redactions;

/// <summary>From the request to the photo, by a worker that claims its work as always; and where it comes to nothing.</summary>
public sealed class RedactionMakingTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly object Box = new { left = 0.25, top = 0.25, width = 0.25, height = 0.5 };

    [Fact]
    public async Task What_is_made_is_burned_clean_its_own_and_has_its_sources_dates()
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var source = await school.UploadAsync(await school.ActivityAsync());
        var redacted = await AskAsync(teacher, source);

        Assert.True(await flows.WorkAsync(WorkKinds.Redact));

        var (before, after) = ((await teacher.GetAsync($"photos/{source}")).Json, (await teacher.GetAsync($"photos/{redacted}")).Must(200).Json);
        foreach (var same in new[] { "activityId", "uploadedBy", "takenAt", "takenAtFrom", "deleteAfter", "width", "height", "flags" })
            Assert.Equal(before.GetProperty(same).ToString(), after.GetProperty(same).ToString());
        Assert.Equal(("jpeg", "pending", false), (after.GetProperty("kind").GetString(), after.GetProperty("screening").GetString(), after.GetProperty("nobodyElse").GetBoolean()));
        Assert.Equal([redacted], before.GetProperty("redactions").EnumerateArray().Select(made => made.GetGuid()));
        Assert.Equal("made", (await teacher.GetAsync($"photos/{source}/redactions")).Items.Single().GetProperty("state").GetString());
        Assert.Contains("photo.redacted", await api.Records.EventsAsync(school.Id));

        // The original of it is what the sandbox burned: exactly what the command line makes, and known again.
        var original = await OriginalAsync(flows, school.Id, redacted);
        PictureCheck.Verify(original);
        await using var decoder = new Decoder(DecoderSettings.FromEnvironment(), Microsoft.Extensions.Logging.Abstractions.NullLogger<Decoder>.Instance);
        var same2 = await decoder.RedactAsync(await OriginalAsync(flows, school.Id, source), PictureKind.Jpeg, [new(0.25, 0.25, 0.25, 0.5)], BurnFill.Solid);
        Assert.True(same2.Bytes.Span.SequenceEqual(original));
        var duplicate = (await teacher.PostBytesAsync($"photos?activity={after.GetProperty("activityId").GetGuid()}", original)).MustRefuse(409, "duplicate");
        Assert.Equal(redacted, duplicate.Json.GetProperty("existing").GetGuid());

        while (await flows.WorkAsync(WorkKinds.Render))
        {
        }
        (await teacher.GetAsync($"photos/{redacted}/renditions/thumb")).Must(200);
        await Books.MustOpenAsync(flows, redacted);
    }

    [Fact]
    public async Task The_same_boxes_again_are_said_to_be_there_and_nothing_is_kept_twice()
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var source = await school.UploadAsync(await school.ActivityAsync());
        await AskAsync(teacher, source);
        Assert.True(await flows.WorkAsync(WorkKinds.Redact));
        var before = await api.Records.CountAsync();
        var twin = await AskAsync(teacher, source);

        Assert.True(await flows.WorkAsync(WorkKinds.Redact));

        Assert.Equal(before, await api.Records.CountAsync());
        var told = (await teacher.GetAsync($"photos/{source}/redactions")).Items.Single(item => item.GetProperty("id").GetGuid() == twin);
        Assert.Equal(("failed", "duplicate", 0), (told.GetProperty("state").GetString(), told.GetProperty("failed").GetString(), told.GetProperty("boxes").GetArrayLength()));
    }

    [Fact]
    public async Task A_redaction_that_was_destroyed_can_be_made_again()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync();
        var (teacher, body) = (await school.TeacherAsync(), new { boxes = new[] { Box }, fill = "solid" });
        var source = await school.UploadAsync(await school.ActivityAsync());
        var first = (await teacher.PostAsync($"photos/{source}/redactions", body)).Must(201).Id;
        (await teacher.PostAsync($"photos/{source}/redactions", body)).MustRefuse(409, "duplicate");
        (await (await school.HeadAsync()).PostAsync($"photos/{first}/erasure", new { reason = "asked for" })).Must(202);
        await school.DestroyedAsync(first);

        Assert.NotEqual(first, (await teacher.PostAsync($"photos/{source}/redactions", body)).Must(201).Id);
    }

    [Theory]
    [InlineData("held")]
    [InlineData("erased")]
    [InlineData("out of date")]
    [InlineData("destroyed")]
    public async Task Where_the_source_is_not_to_be_had_the_request_comes_to_nothing_and_its_boxes_are_forgotten(string how)
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var (teacher, head) = (await school.TeacherAsync(), await school.HeadAsync());
        var source = await school.UploadAsync(await school.ActivityAsync());
        var redacted = await AskAsync(teacher, source, "k1");
        if (how == "held") (await teacher.PostAsync($"photos/{source}/concerns", new { kind = "other" })).Must(201);
        else if (how == "out of date") await api.Records.ExecuteAsync("update photos set delete_after = now() where id = $1", source);
        else (await head.PostAsync($"photos/{source}/erasure", new { reason = "asked for" })).Must(202);
        if (how == "destroyed") await api.Records.CarryOutAsync(source);

        Assert.Equal(how != "destroyed", await flows.WorkAsync(WorkKinds.Redact));

        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from redactions where photo_id = $1", redacted));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from work where subject = $1", redacted));
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from photos where id = $1", redacted));
        Assert.Equal(0, Kept.FilesOf(api.Records, redacted.ToString()));
        Assert.False(await flows.Services.GetRequiredService<KeyStore>().ExistsAsync(redacted));
        Assert.Contains("photo.redaction-dropped", await api.Records.EventsAsync(school.Id));
        (await teacher.PostAsync($"photos/{source}/redactions?wait=0", new { boxes = new[] { Box }, fill = "solid" }, "k1")).MustRefuse(410, "gone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_happens_while_the_pixels_are_made_is_seen_by_the_commit(bool held)
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var source = await school.UploadAsync(await school.ActivityAsync());
        var redacted = await AskAsync(await school.TeacherAsync(), source);
        var claim = await ClaimAsync(flows, redacted);
        var asked = await flows.RunAsync(async (RedactionWork work) => (await work.FindAsync(redacted, default))!);
        if (held) (await (await school.TeacherAsync()).PostAsync($"photos/{source}/concerns", new { kind = "other" })).Must(201);
        else (await (await school.HeadAsync()).PostAsync($"photos/{source}/erasure", new { reason = "asked for" })).Must(202);

        var burned = Redaction(TestPhotos.Picture());
        var refused = await Assert.ThrowsAsync<Refusal>(() => flows.RunAsync((RedactionIntake intake) => intake.KeepAsync(claim, asked, burned, default)));

        Assert.Equal(410, refused.Status);
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from photos where id = $1", redacted));
        Assert.Equal(0, Kept.FilesOf(api.Records, redacted.ToString()));
        await api.Records.RunAsync<RedactionWork>(work => work.DropAsync(claim, default));
        Assert.False(await flows.Services.GetRequiredService<KeyStore>().ExistsAsync(redacted));
    }

    [Fact]
    public async Task Whoever_lost_the_claim_keeps_nothing_and_takes_nothing_of_the_others()
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var source = await school.UploadAsync(await school.ActivityAsync());
        var redacted = await AskAsync(await school.TeacherAsync(), source);
        var old = await ClaimAsync(flows, redacted);
        var asked = await flows.RunAsync(async (RedactionWork work) => (await work.FindAsync(redacted, default))!);
        await api.Records.ExecuteAsync("update work set lease_until = now() - interval '1 second' where subject = $1", redacted);
        Assert.True(await flows.WorkAsync(WorkKinds.Redact));

        var late = Redaction(TestPhotos.Picture());
        Assert.False(await flows.RunAsync((RedactionIntake intake) => intake.KeepAsync(old, asked, late, default)));
        await api.Records.RunAsync<RedactionWork>(work => work.DropAsync(old, default));
        await api.Records.RunAsync<RedactionWork>(work => work.FailAsync(old, "duplicate", null, default));

        await Books.MustOpenAsync(flows, redacted);
        Assert.Equal(1, Kept.FilesOf(api.Records, redacted.ToString()));
        Assert.Equal("made", (await (await school.TeacherAsync()).GetAsync($"photos/{source}/redactions")).Items.Single().GetProperty("state").GetString());
    }

    [Fact]
    public async Task Lost_work_is_found_again_from_the_records()
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var source = await school.UploadAsync(await school.ActivityAsync());
        var redacted = await AskAsync(await school.TeacherAsync(), source);
        await api.Records.ExecuteAsync("delete from work");
        Assert.False(await flows.WorkAsync(WorkKinds.Redact));

        await flows.RunAsync((RedactionWork work) => work.QueueAsync(default));

        Assert.True(await flows.WorkAsync(WorkKinds.Redact));
        (await (await school.TeacherAsync()).GetAsync($"photos/{redacted}")).Must(200);
    }

    [Fact]
    public async Task A_pupil_named_or_taken_out_while_it_is_made_is_as_the_source_says()
    {
        await using var flows = PhotoFlows.Over(api.Records.Settings);
        var school = await api.SchoolAsync();
        var (stays, goes, comes) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var source = await school.ReadyPhotoAsync(await school.ActivityAsync(), stays, goes);
        var redacted = (await (await school.TeacherAsync()).PostAsync($"photos/{source}/redactions?wait=0", new
        {
            boxes = new[] { Box },
            fill = "solid",
            pupils = new[] { stays.MisId, goes.MisId },
            nobodyElse = true,
        })).Must(202).Id;
        await school.LinkAsync(source, stays, comes);

        Assert.True(await flows.WorkAsync(WorkKinds.Redact));

        var made = (await (await school.TeacherAsync()).GetAsync($"photos/{redacted}")).Must(200).Json;
        Assert.Equal([stays.MisId], made.GetProperty("pupils").EnumerateArray().Select(pupil => pupil.GetString()));
        Assert.False(made.GetProperty("nobodyElse").GetBoolean());
    }

    private static ReadOnlyMemory<byte> Redaction(byte[] picture) =>
        PhotoGuard.Ingest.Pixels.Redaction.Make(picture, PictureKind.Jpeg, [new(0.25, 0.25, 0.25, 0.5)], BurnFill.Solid).Bytes;

    private static async Task<Guid> AskAsync(Person person, Guid photo, string? key = null) =>
        (await person.PostAsync($"photos/{photo}/redactions?wait=0", new { boxes = new[] { Box }, fill = "solid" }, key)).Must(202).Id;

    private static async Task<WorkItem> ClaimAsync(PhotoFlows flows, Guid redaction)
    {
        var claim = (await flows.ClaimAsync(WorkKinds.Redact))!;
        Assert.Equal(redaction, claim.Subject);
        return claim;
    }

    private static async Task<byte[]> OriginalAsync(PhotoFlows flows, Guid school, Guid photo)
    {
        await using var content = (await flows.RunAsync((PhotoOpening opening) =>
            opening.OpenAsync(PhotoGuard.Records.Audit.Act.OfSystem(school), photo, ObjectKind.Original, null, default))).Content;
        var bytes = new byte[content.Length];
        await content.ReadExactlyAsync(bytes);
        return bytes;
    }
}
