using System.Globalization;
using Npgsql;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>A database that only reads, a file that is gone, many at once, and a tablet that was offline for a month.</summary>
public sealed class BadMomentsTests
{
    [Fact]
    public async Task Fault6_A_database_that_only_reads_serves_nothing_and_takes_nothing_until_it_writes_again()
    {
        await using var cluster = await TestCluster.StartAsync();
        await WithApiAsync(cluster, async api =>
        {
            var school = await api.SchoolAsync();
            var (activity, teacher) = (await school.ActivityAsync(), await school.TeacherAsync());
            var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            await using (var look = PhotoFlows.Over(api.Records.Settings)) await look.RecoverAsync();
            var database = new NpgsqlConnectionStringBuilder(api.Records.Settings.Database).Database;

            await SwitchAsync("on");
            // Whoever looks at a picture is written down first: what cannot be written is not shown.
            (await teacher.GetAsync($"photos/{photo}/renditions/web")).MustRefuse(503, "try-again");
            (await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48))).MustRefuse(503, "try-again");
            await SwitchAsync("off");
            await Eventually.IsAsync("it is shown again", async () => (await teacher.GetAsync($"photos/{photo}/renditions/web")).Status == 200);
            await Eventually.IsAsync("pictures are taken again", async () => (await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48))).Status == 201);

            async Task SwitchAsync(string readOnly)
            {
                await SuperuserAsync(cluster, $"""alter database "{database}" set default_transaction_read_only = {readOnly}; select 1""");
                await SuperuserAsync(cluster, "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname is not null and pid <> pg_backend_pid()");
                // Connections that ended while they were idle are found out one by one: more in a row than the pool can hold.
                await Eventually.IsAsync("fresh connections", async () =>
                {
                    for (var answered = 0; answered < 50; answered++)
                        if ((await Task.WhenAll(teacher.GetAsync("activities"), teacher.GetAsync("activities"))).Any(reply => reply.Status != 200)) return false;
                    return true;
                });
            }
        });
    }

    [Fact]
    public async Task Fault11_Of_many_publications_and_withdrawals_at_once_no_withdrawal_is_lost()
    {
        await WithApiAsync(null, async api =>
        {
            var school = await api.SchoolAsync();
            var pupil = await school.ClearedPupilAsync(Channel.Website);
            var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), pupil);
            await using var look = PhotoFlows.Over(api.Records.Settings);
            await look.RecoverAsync();
            var editor = await school.EditorAsync();
            var storm = Enumerable.Range(0, 32).Select(async nth =>
            {
                if (nth % 4 == 0) await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
                else (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = $"page {nth}" })).Must(201, 409, 410);
            });
            await Task.WhenAll(storm);
            (await editor.GetAsync($"channels/website/photos/{photo}/web")).Must(404, 410);
            // Whatever came out before the withdrawal has to come down.
            Assert.Equal(0, await look.CountAsync("""
                select count(*) from publications where not exists (
                  select from removals where publication_id = publications.id and done_at is null and cancelled_at is null)
                """));
        });
    }

    [Fact]
    public async Task Fault33_A_rendition_whose_file_is_gone_is_410_and_keeps_neither_others_nor_its_own_deletion()
    {
        await WithApiAsync(null, async api =>
        {
            var school = await api.SchoolAsync();
            var activity = await school.ActivityAsync();
            var (broken, whole) = (await school.UploadAsync(activity, TestPhotos.Picture(64, 48)), await school.UploadAsync(activity, TestPhotos.Picture(64, 48)));
            await using var look = PhotoFlows.Over(api.Records.Settings);
            await look.RecoverAsync();
            var head = await school.HeadAsync();
            Directory.Delete(Path.Combine(api.Records.Settings.Blobs["disk:".Length..], BlobName.FolderOf(broken)), recursive: true);

            (await head.GetAsync($"photos/{broken}/renditions/web")).MustRefuse(410, "gone");
            (await head.GetAsync($"photos/{whole}/renditions/web")).Must(200);
            foreach (var photo in new[] { broken, whole }) (await head.PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await look.RecoverAsync();
            foreach (var photo in new[] { broken, whole }) (await head.GetAsync($"photos/{photo}/certificate")).Must(200);
        });
    }

    [Fact]
    public async Task Fault55_A_picture_sent_after_a_month_offline_goes_by_todays_consent_and_by_the_day_it_was_taken()
    {
        await WithApiAsync(null, async api =>
        {
            var school = await api.SchoolAsync();
            var activity = await school.ActivityAsync(channels: [Channel.Website]);
            var pupil = await school.ClearedPupilAsync(Channel.Website);
            var takenAt = DateTimeOffset.UtcNow.AddDays(-30);
            // While the tablet was offline.
            await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
            var picture = DemoPictures.Jpeg(new DemoPicture { Width = 64, Height = 48, Seed = 5501, TakenAt = takenAt });
            var sent = (await (await school.TeacherAsync()).PostBytesAsync($"photos?activity={activity}", picture)).Must(201);
            await school.LinkAsync(sent.Id, pupil);
            await school.AcceptAsync(sent.Id);
            await using var look = PhotoFlows.Over(api.Records.Settings);
            await look.RecoverAsync();

            (await (await school.EditorAsync()).GetAsync($"channels/website/photos/{sent.Id}/web")).Must(404);
            var deleteAfter = DateTimeOffset.Parse(sent.Json.GetProperty("deleteAfter").GetString()!, CultureInfo.InvariantCulture);
            Assert.InRange(deleteAfter, takenAt.AddYears(2).AddDays(-1), takenAt.AddYears(2).AddDays(3));
        });
    }

    private static async Task WithApiAsync(TestCluster? cluster, Func<TestApi, Task> day)
    {
        var api = await TestApi.OverAsync(await TestRecords.CreateAsync(cluster: cluster));
        try
        {
            await day(api);
        }
        finally
        {
            await api.DisposeAsync();
        }
    }

    private static async Task<long> SuperuserAsync(TestCluster cluster, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(cluster.Superuser) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
