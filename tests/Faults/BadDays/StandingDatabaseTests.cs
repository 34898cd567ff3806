using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>A database that says nothing more, and one of us that stands still within a transaction: nobody waits for ever.</summary>
public sealed class StandingDatabaseTests
{
    [Fact]
    public async Task Fault9_A_connection_that_died_without_a_word_is_given_up_within_seconds_and_the_next_one_works()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var network = LossyNetwork.To(cluster);
        await using var records = await TestRecords.CreateAsync(cluster: cluster);
        var settings = records.Settings with { Database = network.Through(records.Settings.Database), Keys = network.Through(records.Settings.Keys) };
        var api = await TestApi.OverAsync(TestRecords.Over(settings));
        try
        {
            var school = await api.SchoolAsync();
            var (pupil, editor, office) = (await school.ClearedPupilAsync(Channel.Website), await school.EditorAsync(), await school.OfficeAsync());
            var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), pupil);
            await using var look = PhotoFlows.Over(records.Settings);
            await look.RecoverAsync();
            (await editor.GetAsync($"channels/website/photos/{photo}/web")).Must(200);

            network.Lose();
            // Twenty seconds at most, and not a quarter of an hour; a busy machine gets three times as many.
            var shown = editor.GetAsync($"channels/website/photos/{photo}/web").WaitAsync(TimeSpan.FromSeconds(60));
            var withdrawn = AnswerAsync("withdrawn").WaitAsync(TimeSpan.FromSeconds(60));
            (await shown).MustRefuse(503, "try-again");
            (await withdrawn).MustRefuse(503, "try-again");

            network.Mend();
            await Eventually.IsAsync("it is shown again", async () => (await editor.GetAsync($"channels/website/photos/{photo}/web")).Status == 200);
            await Eventually.IsAsync("the withdrawal", async () => (await AnswerAsync("withdrawn")).Status == 201);
            (await editor.GetAsync($"channels/website/photos/{photo}/web")).MustRefuse(410, "gone");

            Task<Reply> AnswerAsync(string answer) => office.PostAsync($"{pupil.Path}/consents", new
            {
                channel = "website",
                answer,
                by = new { kind = "guardian", name = "Grace Hopper" },
                route = "paper",
                noticeVersion = "2026-09",
            });
        }
        finally
        {
            await api.DisposeAsync();
        }
    }

    [Fact]
    public async Task Fault10_One_of_us_that_stands_still_in_a_transaction_loses_it_and_delays_only_what_it_has_locked()
    {
        var api = new TestApi();
        await api.InitializeAsync();
        try
        {
            var school = await api.SchoolAsync();
            var activity = await school.ActivityAsync();
            var (locked, other, office) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync(), await school.OfficeAsync());
            await using var look = PhotoFlows.Over(api.Records.Settings);

            await using var standing = await api.Records.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
            await using var forgotten = await standing.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            await using (var take = new NpgsqlCommand(
                "select id from pupils where id = (select pupil_id from consent_answers order by recorded_at limit 1) for update", standing, forgotten)) await take.ExecuteNonQueryAsync();

            // What it has locked is answered too; everything else goes its way, over whatever the old snapshot keeps.
            var refused = AnswerAsync();
            var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            await look.RecoverAsync();
            await other.AnswerAsync(Channel.Internal, Answer.Withdrawn);
            (await (await school.HeadAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await look.RecoverAsync();
            await Books.MustBalanceAsync(look);

            (await refused).MustRefuse(503, "try-again");
            // As soon as the server has ended it.
            await Eventually.IsAsync("the withdrawal", async () => (await AnswerAsync()).Status == 201);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => forgotten.CommitAsync());

            Task<Reply> AnswerAsync() => office.PostAsync($"{locked.Path}/consents", new
            {
                channel = "internal",
                answer = "withdrawn",
                by = new { kind = "guardian", name = "Grace Hopper" },
                route = "paper",
                noticeVersion = "2026-09",
            });
        }
        finally
        {
            await api.DisposeAsync();
        }
    }
}
