using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Flows;

/// <summary>The walk of the contract: one photo from an enrolled iPad to its certificate of deletion, on real parts.</summary>
public sealed class LifeOfOnePhotoTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public async Task From_upload_to_certificate()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync();
        var (office, editor) = (await school.OfficeAsync(), await school.EditorAsync());
        var pupil = await school.ClearedPupilAsync(Channel.Website, Channel.Newsletter);
        var activity = await school.ActivityAsync(channels: [Channel.Website, Channel.Newsletter]);

        var photo = await school.UploadAsync(activity);
        Assert.Empty((await editor.GetAsync("channels/website/photos")).Must(200).Items);
        await school.LinkAsync(photo, pupil);
        await school.AcceptAsync(photo);

        var item = await CurrentAsync(editor, "website", photo, "cleared");
        var web = item.GetProperty("renditions").EnumerateArray().Single(rendition => rendition.GetProperty("name").GetString() == "web");
        var url = web.GetProperty("url").GetString()!;
        var bytes = (await editor.GetAsync(url)).Must(200).Bytes;
        Assert.Equal(web.GetProperty("bytes").GetInt32(), bytes.Length);
        Assert.Empty(ImageMetadataReader.ReadMetadata(new MemoryStream(bytes)).OfType<ExifDirectoryBase>());

        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        (await editor.GetAsync(url)).MustRefuse(410, "gone");
        await CurrentAsync(editor, "website", photo, "withdrawn");
        await CurrentAsync(editor, "newsletter", photo, "cleared");
        var removal = Assert.Single((await office.GetAsync("removals?state=open")).Must(200).Items);
        Assert.Equal("channelNotCleared", removal.GetProperty("cause").GetString());

        await pupil.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        (await editor.GetAsync(url.Replace("website", "newsletter"))).Must(410, 404);
        (await office.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        var certificate = await Eventually.GetAsync("the certificate", async () =>
            await office.GetAsync($"photos/{photo}/certificate") is { Status: 200 } found ? found : null);
        Assert.Equal("internalNo", certificate.Json.GetProperty("cause").GetString());
        Assert.False(System.IO.Directory.Exists(Path.Combine(api.Records.Settings.Data, "blobs", "photos", photo.ToString())));
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from tombstones where photo_id = $1", photo));
    }

    [Fact]
    public async Task Erasure_on_request_hides_at_once_and_ends_in_a_certificate()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync();
        var head = await school.HeadAsync();
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(), await school.ClearedPupilAsync());

        (await head.PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
        (await head.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{photo}/certificate")).Status == 200);
    }

    [Fact]
    public async Task The_print_size_is_made_when_it_is_first_asked_for()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var school = await api.SchoolAsync();
        var screener = await school.ScreenerAsync();
        var photo = await school.UploadAsync(await school.ActivityAsync());

        (await screener.GetAsync($"photos/{photo}/renditions/print")).Must(200);
    }

    private static Task<System.Text.Json.JsonElement> CurrentAsync(Person editor, string channel, Guid photo, string state) =>
        Unwrap(Eventually.GetAsync($"{state} on {channel}", async () =>
        {
            var items = (await editor.GetAsync($"channels/{channel}/photos")).Must(200).Items;
            return items.Where(item => item.GetProperty("id").GetGuid() == photo && item.GetProperty("state").GetString() == state)
                .Select(item => (object)item).FirstOrDefault();
        }));

    private static async Task<System.Text.Json.JsonElement> Unwrap(Task<object> found) => (System.Text.Json.JsonElement)await found;
}
