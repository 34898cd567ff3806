using System.Collections.Concurrent;
using Npgsql;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.BadDays;

/// <summary>An operator, or a failing machine, ends connections of the database one by one, wherever they happen to be.</summary>
public sealed class EndedBackendsTests
{
    private const int AtLeast = 40;

    private int ended;

    [Fact]
    public async Task Fault2_Backends_ended_in_mid_statement_lose_nothing_acknowledged_and_every_answer_is_one_to_try_again()
    {
        await using var cluster = await TestCluster.StartAsync();
        var api = await TestApi.OverAsync(await TestRecords.CreateAsync(cluster: cluster));
        try
        {
            var school = await api.SchoolAsync();
            var (activity, teacher, office) = (await school.ActivityAsync(), await school.AsAsync(Role.Teacher), await school.OfficeAsync());
            var pupils = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => school.ClearedPupilAsync(Channel.Website)));
            var shown = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            await using (var before = PhotoFlows.Over(api.Records.Settings)) await before.RecoverAsync();

            using var enough = new CancellationTokenSource();
            var (replies, uploads, answers) = (new ConcurrentQueue<Reply>(), new ConcurrentQueue<Guid>(), new ConcurrentQueue<Guid>());
            var ending = EndAtRandomAsync(api.Records.Settings.Database, replies, enough.Token);
            await Task.WhenAll(
                TimesAsync(async nth =>
                {
                    var (picture, key) = (TestPhotos.Picture(64, 48), $"upload {nth}");
                    uploads.Enqueue((await AgainAsync(() => teacher.PostBytesAsync($"photos?activity={activity}", picture, key: key), replies, 201)).Id);
                }),
                TimesAsync(async nth =>
                {
                    var body = new
                    {
                        channel = "website",
                        answer = Words(nth),
                        by = new { kind = "guardian", name = "Grace Hopper" },
                        route = "paper",
                        noticeVersion = "2026-09",
                    };
                    answers.Enqueue((await AgainAsync(() => office.PostAsync($"{pupils[nth % 4].Path}/consents", body, $"answer {nth}"), replies, 201)).Id);
                }),
                TimesAsync(_ => AgainAsync(() => teacher.GetAsync($"photos/{shown}/renditions/web"), replies, 200)),
                TimesAsync(_ => AgainAsync(() => teacher.GetAsync("activities"), replies, 200)));
            await enough.CancelAsync();

            await ending;
            await using var look = PhotoFlows.Over(api.Records.Settings);
            Assert.Contains(replies, reply => reply.Status == 503);
            // Sent again with the same key, each is there once: no half state, none twice.
            Assert.Equal(uploads.Count, uploads.Distinct().Count());
            Assert.Equal(answers.Count, answers.Distinct().Count());
            Assert.Equal(uploads.Count + 1, await look.CountAsync("select count(*) from photos"));
            Assert.Equal(answers.Count, await look.CountAsync("select count(*) from consent_answers where id = any($1)", answers.ToArray()));
            await look.RecoverAsync();
            await Books.MustBalanceAsync(look);
            foreach (var photo in uploads) await Books.MustOpenAsync(look, photo);
        }
        finally
        {
            await api.DisposeAsync();
        }

        static string Words(int nth) => nth % 2 == 0 ? "withdrawn" : "given";
    }

    /// <summary>Again and again, until it was done often and enough connections were ended meanwhile.</summary>
    private async Task TimesAsync(Func<int, Task> once)
    {
        for (var nth = 0; nth < AtLeast || Volatile.Read(ref ended) < AtLeast; nth++) await once(nth);
    }

    /// <summary>As a caller does: the same again, until it is answered.</summary>
    private static Task<Reply> AgainAsync(Func<Task<Reply>> ask, ConcurrentQueue<Reply> replies, int status) => Eventually.GetAsync("an answer", async () =>
    {
        var reply = await ask();
        replies.Enqueue(reply);
        Assert.True(reply.Status == status || (reply.Status, reply.Problem) is (503, not null) or (409, "request-in-flight"), $"{reply.Status}: {reply.Text}");
        return reply.Status == status ? reply : null;
    });

    /// <summary>Ends one backend for every few answers, at random: mostly one in the middle of something, now and then one that waits in a pool.</summary>
    private async Task EndAtRandomAsync(string database, ConcurrentQueue<Reply> replies, CancellationToken enough)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(CancellationToken.None);
        await using var end = new NpgsqlCommand("""
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() order by (state = 'idle') <> (select random() < 0.2), random() limit 1
            """, connection);
        // Where even the freeing of a key was ended, nobody waits for the two minutes of its lease.
        await using var pass = new NpgsqlCommand(
            "update idempotency_answers set lease_until = now() where status is null and created_at < now() - interval '2 seconds'", connection);
        for (var next = 0; !enough.IsCancellationRequested;)
        {
            if (replies.Count >= next && await end.ExecuteScalarAsync(CancellationToken.None) is true)
            {
                next = replies.Count + 3;
                Interlocked.Increment(ref ended);
                await pass.ExecuteNonQueryAsync(CancellationToken.None);
            }
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
