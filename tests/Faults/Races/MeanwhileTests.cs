using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Races;

/// <summary>A no that comes while its picture is on the way in; one no among thirty; and what lies in the store without a row.</summary>
public sealed class MeanwhileTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private PhotoFlows look = null!;
    private TestSchool school = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        look = PhotoFlows.Over(api.Records.Settings);
        school = await api.SchoolAsync();
    }

    public async Task DisposeAsync()
    {
        await look.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Fault40_Withdrawn_at_any_point_of_the_upload_the_picture_is_never_shown()
    {
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var (token, editor) = (await school.TokenAsync(Role.Teacher), await school.EditorAsync());
        var seams = new Seams();
        await using var intake = PhotoFlows.Over(api.Records.Settings, seams);
        await intake.ReceiveAsync(token, activity, TestPhotos.Picture(64, 48));
        seams.Watch();
        await intake.ReceiveAsync(token, activity, TestPhotos.Picture(64, 48));
        var points = seams.Rest().Count;
        Assert.True(points > 8, $"Only {points} points.");
        for (var nth = 1; nth <= points; nth++)
        {
            await pupil.AnswerAsync(Channel.Website, Answer.Given);
            seams.PauseAtNth(nth, () => pupil.AnswerAsync(Channel.Website, Answer.Withdrawn).GetAwaiter().GetResult());
            var photo = await intake.ReceiveAsync(token, activity, TestPhotos.Picture(64, 48));
            seams.Rest();
            Assert.True(seams.Stopped);
            await school.LinkAsync(photo, pupil);
            await school.AcceptAsync(photo);
            await look.RecoverAsync();
            foreach (var size in new[] { "thumb", "web", "print" })
                (await editor.GetAsync($"channels/website/photos/{photo}/{size}")).MustRefuse(404, "not-found");
            (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page" })).Must(404, 409);
        }
        await Books.MustBalanceAsync(look);
    }

    [Fact]
    public async Task Fault48_One_no_among_thirty_takes_the_picture_down_and_one_of_the_same_name_is_somebody_else()
    {
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var (office, editor) = (await school.OfficeAsync(), await school.EditorAsync());
        var class3B = new TestPupil[30];
        for (var nth = 0; nth < class3B.Length; nth++) class3B[nth] = await school.ClearedPupilAsync(Channel.Website);
        // Twins: name, class and birthday are one another's.
        var twin = await school.ClearedPupilAsync(Channel.Website);
        (await office.PutAsync(twin.Path, new
        {
            givenName = "Ada",
            familyName = $"Lovelace {class3B[0].MisId}",
            dateOfBirth = TestSchool.Today.AddYears(-8),
            className = "3B",
        })).Must(200);
        var (all, of) = (await school.ReadyPhotoAsync(activity, class3B), await school.ReadyPhotoAsync(activity, twin));
        await look.RecoverAsync();
        await ShownAsync(true, true);

        await class3B[0].AnswerAsync(Channel.Website, Answer.Withdrawn);
        await ShownAsync(false, true);
        await class3B[0].AnswerAsync(Channel.Website, Answer.Given);
        await ShownAsync(true, true);
        await twin.AnswerAsync(Channel.Website, Answer.Withdrawn);
        await ShownAsync(true, false);
        // Whichever of them it is, and however many stay cleared.
        foreach (var pupil in new[] { class3B[17], class3B[29] })
        {
            await pupil.AnswerAsync(Channel.Website, Answer.Refused);
            await ShownAsync(false, false);
            await pupil.AnswerAsync(Channel.Website, Answer.Given);
            await ShownAsync(true, false);
        }

        async Task ShownAsync(bool group, bool alone)
        {
            (await editor.GetAsync($"channels/website/photos/{all}/web")).Must(group ? 200 : 410);
            (await editor.GetAsync($"channels/website/photos/{of}/web")).Must(alone ? 200 : 410);
        }
    }

    [Fact]
    public async Task Fault32_Objects_without_a_row_are_swept_and_never_taken_in()
    {
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        await look.RecoverAsync();
        var root = Path.Combine(api.Records.Settings.Data, "blobs");
        var original = Directory.GetFiles(Path.Combine(root, BlobName.FolderOf(photo)), "original", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(original);
        var unknown = Guid.CreateVersion7();
        // Somebody copies by hand, and that comes first: it is told, nothing serves it, and it keeps nothing else.
        string[] foreign = [$"{BlobName.Root}{Guid.Empty}/Sports Day.JPG", $"{BlobName.Root}00000001.JPG"];
        foreach (var name in (string[])[.. foreign, BlobName.Of(photo, 999_999, "web"), BlobName.Of(unknown, 1, "original")])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, name))!);
            await File.WriteAllBytesAsync(Path.Combine(root, name), bytes);
        }
        var swept = await look.RunAsync((ObjectSweep sweep) => sweep.SweepAllAsync(CancellationToken.None));
        Assert.Equal((2, 2, 0), (swept.Objects, swept.Strange, swept.Missing.Count));
        Directory.Delete(Path.Combine(root, BlobName.FolderOf(Guid.Empty)), recursive: true);
        File.Delete(Path.Combine(root, foreign[1]));

        await Books.MustBalanceAsync(look);
        await Books.MustOpenAsync(look, photo);
        Assert.Equal(1, await look.CountAsync("select count(*) from photos"));
        foreach (var nobodys in new[] { unknown, Guid.Empty }) (await (await school.HeadAsync()).GetAsync($"photos/{nobodys}")).MustRefuse(404, "not-found");
    }
}
