using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Media;

/// <summary>Faults 38 and 42: a picture that is being sent when its showing ends.</summary>
public sealed class CutOffTests(TestApi api) : IClassFixture<TestApi>
{
    private const int Length = 20_000_000;

    [Theory]
    [InlineData("withdrawn")]
    [InlineData("held")]
    [InlineData("erased")]
    public async Task Fault38_A_slow_download_is_cut_off_when_its_showing_ends(string how)
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await LargeAsync(school, pupil);
        using var taking = await ReaderAsync($"channels/website/photos/{photo}/web", (await school.EditorAsync()).Token!);
        using var looking = await ReaderAsync($"photos/{photo}/renditions/web", (await school.TeacherAsync()).Token!);
        await taking.ReadAsync(10_000);
        await looking.ReadAsync(10_000);

        if (how == "withdrawn") await pupil.AnswerAsync(Channel.Internal, Answer.Withdrawn);
        if (how == "held") (await (await school.TeacherAsync()).PostAsync($"photos/{photo}/concerns", new { kind = "distressing" })).Must(201);
        if (how == "erased") (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);

        // A kilobyte at a time: without being cut off, this would take an hour.
        Assert.True(await taking.ReadToTheEndAsync(1_000) < Length / 2);
        Assert.True(await looking.ReadToTheEndAsync(1_000) < Length / 2);
    }

    [Fact]
    public async Task Fault42_What_was_sent_of_a_picture_withdrawn_meanwhile_is_in_the_audit()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await LargeAsync(school, pupil);
        using var taking = await ReaderAsync($"channels/website/photos/{photo}/web", (await school.EditorAsync()).Token!);
        await taking.ReadAsync(10_000);

        await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        var got = await taking.ReadToTheEndAsync(1_000);

        const string Cut = "select {0} from audit_entries where event = 'photo.delivery-cut' and photo_id = $1 and actor_id = $2 and details ->> 'channel' = 'website'";
        var editor = (await school.EditorAsync()).Id;
        await Eventually.IsAsync("it is written down", async () => await api.Records.ScalarAsync<long>(string.Format(CultureInfo.InvariantCulture, Cut, "count(*)"), photo, editor) == 1);
        var sent = await api.Records.ScalarAsync<long>(string.Format(CultureInfo.InvariantCulture, Cut, "(details ->> 'sent')::bigint"), photo, editor);
        Assert.InRange(sent, got, Length / 2);
        (await (await school.EditorAsync()).GetAsync($"channels/website/photos/{photo}/web")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task A_download_is_not_cut_off_by_what_concerns_another_channel()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website, Channel.Social);
        var photo = await LargeAsync(school, pupil);
        using var taking = await ReaderAsync($"channels/website/photos/{photo}/web", (await school.EditorAsync()).Token!);
        await taking.ReadAsync(10_000);

        await pupil.AnswerAsync(Channel.Social, Answer.Withdrawn);

        // Long enough for several looks, then the rest at once.
        await taking.ReadAsync(50_000, TimeSpan.FromSeconds(5));
        Assert.Equal(Length, await taking.ReadToTheEndAsync(1_000_000));
    }

    /// <summary>A cleared photo whose web size is so large that no buffer on the way holds it.</summary>
    private async Task<Guid> LargeAsync(TestSchool school, TestPupil pupil)
    {
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(true, Channel.Website, Channel.Social), pupil);
        await api.Records.ExecuteAsync("update work set due_at = now() - interval '1 day' where subject = $1", photo);
        var claim = Assert.Single(await api.Records.RunAsync<WorkQueue, List<WorkItem>>(queue => queue.ClaimAsync("test", [WorkKinds.Render], 1, default)));
        Assert.Equal(photo, claim.Subject);
        Assert.True(await api.Records.RunAsync<RenditionDesk, bool>(desk => desk.KeepAsync(
            claim, [new(ObjectKind.Thumb, "jpeg", 1, 1, new byte[1]), new(ObjectKind.Web, "jpeg", 2048, 1536, new byte[Length])], default)));
        return photo;
    }

    private async Task<SlowReader> ReaderAsync(string path, string token)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(api.Address.Host, api.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /api/v1/{path} HTTP/1.1\r\nHost: {api.Address.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"));
        var reader = new SlowReader(client);
        Assert.Contains("200 OK", await reader.HeadAsync(), StringComparison.Ordinal);
        return reader;
    }

    private sealed class SlowReader(TcpClient client) : IDisposable
    {
        private readonly byte[] buffer = new byte[1_000_000];
        private int got;

        public async Task<string> HeadAsync()
        {
            var head = new StringBuilder();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await client.GetStream().ReadExactlyAsync(buffer.AsMemory(0, 1));
                head.Append((char)buffer[0]);
            }
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Length}"), head.ToString(), StringComparison.OrdinalIgnoreCase);
            return head.ToString();
        }

        /// <summary>Reads so much, in no less than this time.</summary>
        public async Task ReadAsync(int count, TimeSpan during = default)
        {
            await client.GetStream().ReadExactlyAsync(buffer.AsMemory(0, count));
            got += count;
            await Task.Delay(during);
        }

        /// <summary>All that comes, so many bytes every 200 ms, for as long as half a minute.</summary>
        public async Task<int> ReadToTheEndAsync(int atOnce)
        {
            var reading = Stopwatch.StartNew();
            try
            {
                while (await client.GetStream().ReadAsync(buffer.AsMemory(0, atOnce)) is > 0 and var read)
                {
                    got += read;
                    Assert.True(reading.Elapsed < TimeSpan.FromSeconds(30), "It still comes.");
                    if (atOnce < 100_000) await Task.Delay(200);
                }
            }
            catch (IOException)
            {
                // Closed without a farewell.
            }
            return got;
        }

        public void Dispose() => client.Dispose();
    }
}
