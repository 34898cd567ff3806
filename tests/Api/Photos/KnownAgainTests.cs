using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Ingest.Metadata;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>The same picture and the same request a second time (contract, Duplicates and Idempotency).</summary>
public sealed class KnownAgainTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task The_same_picture_twice_is_told_with_the_first_where_the_sender_may_know_it()
    {
        var school = await api.SchoolAsync();
        var (activity, picture) = (await school.ActivityAsync(), TestPhotos.Picture());
        var photo = await school.UploadAsync(activity, picture);
        var again = await api.NothingIsKeptAsync(async () => await (await school.TeacherAsync()).PostBytesAsync($"photos?activity={activity}", picture));
        Assert.Equal(photo, again.MustRefuse(409, "duplicate").Json.GetProperty("existing").GetGuid());

        var colleague = await school.TeacherOfAsync("9Z");
        var blind = (await colleague.PostBytesAsync($"photos?activity={activity}", picture)).MustRefuse(409, "duplicate");
        Assert.False(blind.Json.TryGetProperty("existing", out _));
    }

    [Fact]
    public async Task Other_metadata_make_no_other_picture_and_another_school_is_not_told()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var activity = await school.ActivityAsync();
        byte[] At(DateTimeOffset taken) => DemoPictures.Jpeg(new DemoPicture { Seed = 990, Width = 96, Height = 64, TakenAt = taken });
        (await teacher.PostBytesAsync($"photos?activity={activity}", At(DateTimeOffset.UtcNow.AddDays(-3)))).Must(201);
        (await teacher.PostBytesAsync($"photos?activity={activity}", At(DateTimeOffset.UtcNow.AddDays(-4)))).MustRefuse(409, "duplicate");

        var other = await api.SchoolAsync();
        (await (await other.TeacherAsync()).PostBytesAsync($"photos?activity={await other.ActivityAsync()}", At(DateTimeOffset.UtcNow.AddDays(-3)))).Must(201);
    }

    [Fact]
    public async Task A_heic_is_taken_and_known_again_whichever_way_up_it_is()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        byte[] Turned(byte turn) => TestHeic.Tiles((TestHeic.Box("irot", [turn]), true))
            .With(new(6, "mime", TestHeic.Xmp) { Mime = "application/rdf+xml\0" }, ("cdsc", 6, [5])).Make();
        var taken = (await teacher.PostBytesAsync($"photos?activity={activity}", Turned(1), "image/heic")).Must(201).Json;
        Assert.Equal(("heic", 128, 120), (taken.GetProperty("kind").GetString(), taken.GetProperty("width").GetInt32(), taken.GetProperty("height").GetInt32()));
        Assert.Contains("location", taken.GetProperty("removed").EnumerateArray().Select(code => code.GetString()));
        (await teacher.PostBytesAsync($"photos?activity={activity}", Turned(3), "image/heic")).MustRefuse(409, "duplicate");
    }

    [Fact]
    public async Task A_webp_is_taken_and_known_again_whatever_stands_around_it()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        var dressed = TestWebp.Make(TestWebp.Xmp, behind: TestWebp.Chunk("XMP ", "<x exif:GPSLatitude='53,44.5N'/>"u8));
        var taken = (await teacher.PostBytesAsync($"photos?activity={activity}", dressed, "image/webp")).Must(201).Json;
        Assert.Equal(("webp", TestWebp.Width, TestWebp.Height), (taken.GetProperty("kind").GetString(), taken.GetProperty("width").GetInt32(), taken.GetProperty("height").GetInt32()));
        Assert.Contains("location", taken.GetProperty("removed").EnumerateArray().Select(code => code.GetString()));
        (await teacher.PostBytesAsync($"photos?activity={activity}", TestWebp.File(TestWebp.Chunk("VP8 ", TestWebp.Lossy)))).MustRefuse(409, "duplicate");
    }

    [Fact]
    public async Task Of_one_picture_sent_many_times_at_once_one_is_kept()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity, picture) = (await school.TeacherAsync(), await school.ActivityAsync(), TestPhotos.Picture());
        var before = await api.Records.CountAsync();
        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => teacher.PostBytesAsync($"photos?activity={activity}", picture)));
        Assert.Single(replies, reply => reply.Status == 201);
        Assert.All(replies.Where(reply => reply.Status != 201), reply => reply.MustRefuse(409, "duplicate"));
        var after = await api.Records.CountAsync();
        Assert.Equal((before.Photos + 1, before.Objects + 1, before.Digests + 1, before.Keys + 1, before.Files + 1),
            (after.Photos, after.Objects, after.Digests, after.Keys, after.Files));
    }

    [Fact]
    public async Task What_was_destroyed_is_taken_again_by_a_screener_alone_and_only_when_asked_for()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity, picture) = (await school.TeacherAsync(), await school.ActivityAsync(), TestPhotos.Picture());
        var photo = await school.UploadAsync(activity, picture);
        (await teacher.DeleteAsync($"photos/{photo}")).Must(202);
        Assert.Equal(RemovalOutcome.Done, await api.Records.CarryOutAsync(photo));

        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", picture))).MustRefuse(409, "destroyed-before");
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}&again=true", picture))).MustRefuse(409, "destroyed-before");
        var screener = await school.PersonAsync(Role.Screener, "Screener with iPad", "iPad of the screener");
        (await api.NothingIsKeptAsync(() => screener.PostBytesAsync($"photos?activity={activity}", picture))).MustRefuse(409, "destroyed-before");
        var again = (await screener.PostBytesAsync($"photos?activity={activity}&again=true", picture)).Must(201);
        Assert.NotEqual(photo, again.Id);
        (await screener.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task The_same_upload_with_the_same_key_is_one_photo_and_another_picture_with_it_is_refused()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity, picture) = (await school.TeacherAsync(), await school.ActivityAsync(), TestPhotos.Picture());
        var first = (await teacher.PostBytesAsync($"photos?activity={activity}", picture, key: "u1")).Must(201);
        var again = await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", picture, key: "u1"));
        Assert.Equal(first.Text, again.Must(201).Text);
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(), key: "u1")))
            .MustRefuse(422, "idempotency-key-reused");

        (await teacher.DeleteAsync($"photos/{first.Id}")).Must(202);
        await api.Records.CarryOutAsync(first.Id);
        (await teacher.PostBytesAsync($"photos?activity={activity}", picture, key: "u1")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task A_repetition_is_authorised_anew()
    {
        var school = await api.SchoolAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());
        var screener = await school.PersonAsync(Role.Screener, "Will be a teacher");
        (await screener.PostAsync($"photos/{photo}/screening", new { decision = "accepted" }, "s1")).Must(200);
        (await screener.PostAsync($"photos/{photo}/screening", new { decision = "accepted" }, "s1")).Must(200);
        await api.Records.ExecuteAsync("update staff set roles = '{teacher}' where id = $1", screener.Id);
        (await screener.PostAsync($"photos/{photo}/screening", new { decision = "accepted" }, "s1")).MustRefuse(403, "role-may-not");
    }
}
