using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Api.Photos;

/// <summary>Bad input: each a clear problem, and nothing is kept.</summary>
public sealed class RefusedUploadTests(TestApi api) : IClassFixture<TestApi>
{
    public static TheoryData<string, string, int, string> BadPictures => new()
    {
        { "nothing at all", "", 422, "picture-empty" },
        { "text renamed .jpg", Convert.ToHexString("dear all, please find the picture attached"u8), 415, "not-a-picture-we-take" },
        { "a PDF", "255044462D312E370A25", 415, "not-a-picture-we-take" },
        { "the first bytes of a WebP", "524946461400000057454250565038", 422, "picture-truncated" },
        { "the first bytes of a HEIC", "00000018667479706865696300000000", 422, "picture-truncated" },
        { "the first bytes of a JPEG", "FFD8FFE0", 422, "picture-truncated" },
        { "the first bytes of a PNG", "89504E470D0A1A0A", 422, "picture-truncated" },
    };

    [Theory]
    [MemberData(nameof(BadPictures))]
    public async Task What_is_no_whole_picture_is_refused(string what, string hex, int status, string problem)
    {
        Assert.NotEmpty(what);
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        var reply = await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", Convert.FromHexString(hex)));
        reply.MustRefuse(status, problem);
        Assert.EndsWith(".", reply.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_cut_short_anywhere_is_refused()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        var picture = TestPhotos.Picture(320, 240);
        foreach (var part in new[] { 3, picture.Length / 4, picture.Length / 2, picture.Length - 2 })
            (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", picture[..part]))).MustRefuse(422, "picture-truncated");
    }

    [Fact]
    public async Task A_picture_larger_than_the_school_takes_is_refused_whether_it_says_its_length_or_not()
    {
        await using var small = await TestApi.StartAsync(api.Records.Settings with { MaxUploadMb = 1 });
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        var sender = new Person(TestApi.AddressOf(small), teacher.Token, teacher.Id);
        var bytes = new byte[1_000_001];
        (await api.NothingIsKeptAsync(() => sender.PostBytesAsync($"photos?activity={activity}", bytes))).MustRefuse(413, "picture-too-large");
        (await api.NothingIsKeptAsync(() => sender.SendAsync(HttpMethod.Post, $"photos?activity={activity}", new StreamContent(new Endless(1_030_000)))))
            .MustRefuse(413, "picture-too-large");
    }

    [Fact]
    public async Task Fault63_Of_two_pictures_in_one_file_the_second_is_never_kept()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        byte[] two = [.. TestPhotos.Picture(), .. TestPhotos.Picture()];
        var taken = (await teacher.PostBytesAsync($"photos?activity={activity}", two)).Must(201).Json;
        Assert.Contains("second-picture", taken.GetProperty("removed").EnumerateArray().Select(code => code.GetString()));
        Assert.True(await api.Records.ScalarAsync<long>("select bytes from photos where id = $1", taken.GetProperty("id").GetGuid()) < two.Length / 2 + 1000);
    }

    [Fact]
    public async Task Content_type_and_name_decide_nothing()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "image/webp", "application/json" })
        {
            var taken = (await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(), type)).Must(201);
            Assert.Equal("jpeg", taken.Json.GetProperty("kind").GetString());
        }
        (await teacher.SendAsync(HttpMethod.Post, $"photos?activity={activity}", new ByteArrayContent(TestPhotos.Picture()))).Must(201);
    }

    [Fact]
    public async Task An_activity_that_is_unknown_unapproved_declined_or_of_another_school_takes_no_picture()
    {
        var school = await api.SchoolAsync();
        var teacher = await school.TeacherAsync();
        var strangers = await (await api.SchoolAsync()).ActivityAsync();
        foreach (var query in new[] { "", "?activity=", "?activity=sports-day", $"?activity={Guid.NewGuid()}", $"?activity={Guid.Empty}", $"?activity={strangers}" })
            (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos{query}", TestPhotos.Picture()))).MustRefuse(404, "unknown-activity");

        var unapproved = await school.ActivityAsync(approved: false);
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={unapproved}", TestPhotos.Picture()))).MustRefuse(409, "activity-not-approved");
        (await (await school.HeadAsync()).PostAsync($"activities/{unapproved}/approval", new { decision = "declined" })).Must(200);
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={unapproved}", TestPhotos.Picture()))).MustRefuse(409, "activity-not-approved");
    }

    [Fact]
    public async Task Without_a_device_on_a_revoked_one_or_without_a_token_nothing_is_taken()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var phone = await school.PersonAsync(Role.Teacher, "With a phone");
        (await api.NothingIsKeptAsync(() => phone.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture()))).MustRefuse(403, "device-needed");

        var lost = await school.PersonAsync(Role.Teacher, "Lost an iPad", "Lost iPad");
        await api.Records.RunAsync<DeviceDesk>(desk => desk.RevokeAsync(Act.OfSystem(school.Id), "Lost iPad", CancellationToken.None));
        (await api.NothingIsKeptAsync(() => lost.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture()))).MustRefuse(403, "device-revoked");
        (await api.NothingIsKeptAsync(() => api.Nobody.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture()))).MustRefuse(401, "sign-in-needed");
    }

    [Fact]
    public async Task Roles_that_take_no_pictures_and_programs_send_none()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        foreach (var role in new[] { Role.Editor, Role.Safeguarding, Role.Ict })
        {
            var sender = await school.PersonAsync(role, $"Sender {role}", $"iPad of {role}");
            (await api.NothingIsKeptAsync(() => sender.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture()))).MustRefuse(403, "role-may-not");
        }
        var program = await school.PersonAsync(Role.Editor, channel: Channel.Website);
        (await program.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture())).MustRefuse(403, "token-for-one-channel");
    }

    [Fact]
    public async Task A_picture_past_its_retention_is_refused()
    {
        var school = await api.SchoolAsync();
        var (teacher, activity) = (await school.TeacherAsync(), await school.ActivityAsync());
        var old = DemoPictures.Jpeg(new DemoPicture { Width = 64, Height = 48, Seed = 4711, TakenAt = DateTimeOffset.UtcNow.AddYears(-2).AddDays(-3) });
        (await api.NothingIsKeptAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", old))).MustRefuse(422, "picture-too-old");
    }

    /// <summary>So many bytes, which do not say how many they are.</summary>
    private sealed class Endless(int length) : Stream
    {
        private int left = length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var given = Math.Min(left, count);
            left -= given;
            return given;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
