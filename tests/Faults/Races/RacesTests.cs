using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Work;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Faults.TwoNodes;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.Races;

/// <summary>Two things at once, on two nodes: one comes first, and the other knows.</summary>
public sealed class RacesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly TestApi api = new();
    private Microsoft.AspNetCore.Builder.WebApplication second = null!;
    private PhotoFlows look = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        second = await TestApi.StartAsync(api.Records.Settings with { Node = "n2" });
        look = PhotoFlows.Over(api.Records.Settings);
    }

    public async Task DisposeAsync()
    {
        await look.DisposeAsync();
        await second.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Fault43_A_delivery_never_comes_after_the_withdrawal_that_raced_with_it()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), pupil);
        await look.RecoverAsync();
        var editor = await school.EditorAsync();
        Person[] editors = [editor, Elsewhere(editor)];
        var url = $"channels/website/photos/{photo}/web";

        var served = 0;
        for (var round = 0; round < 25; round++)
        {
            var (withdrawn, before) = (false, served);
            var takers = Enumerable.Range(0, 4).Select(nth => Task.Run(async () =>
            {
                while (true)
                {
                    var tooLate = Volatile.Read(ref withdrawn);
                    var reply = (await editors[nth % 2].GetAsync(url)).Must(200, 410);
                    if (reply.Status == 410) return;
                    Assert.False(tooLate, "It was served after its withdrawal.");
                    Interlocked.Increment(ref served);
                }
            })).ToList();
            await Eventually.IsAsync("deliveries are under way", () => Task.FromResult(Volatile.Read(ref served) > before));
            await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
            Volatile.Write(ref withdrawn, true);
            await Task.WhenAll(takers);
            await pupil.AnswerAsync(Channel.Website, Answer.Given);
        }
        output.WriteLine($"{served} deliveries raced with 25 withdrawals.");
        await AuditOrder.MustHoldAsync(api.Records, look, Channel.Website);
    }

    [Fact]
    public async Task Fault43_A_delivery_waits_for_a_withdrawal_under_way_and_is_then_refused()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), pupil);
        await look.RecoverAsync();
        var editor = await school.EditorAsync();
        (await editor.GetAsync($"channels/website/photos/{photo}/web")).Must(200);

        // The withdrawal comes as far as its answer, and stands still before that is written.
        await using var holding = await look.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var still = await holding.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table consent_answers in share mode", holding)) await hold.ExecuteNonQueryAsync();
        var withdrawing = pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
        await Eventually.IsAsync("the withdrawal is under way", async () => await WaitingAsync() == 1);
        var delivering = editor.GetAsync($"channels/website/photos/{photo}/web");
        await Eventually.IsAsync("the delivery waits or has ended", async () => delivering.IsCompleted || await WaitingAsync() == 2);
        await still.CommitAsync();

        await withdrawing;
        (await delivering).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task Fault43_A_publication_never_comes_after_the_withdrawal_that_raced_with_it()
    {
        var school = await api.SchoolAsync();
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await school.ReadyPhotoAsync(await school.ActivityAsync(channels: [Channel.Website]), pupil);
        var editor = await school.EditorAsync();
        var published = 0;
        for (var round = 0; round < 15; round++)
        {
            var before = published;
            var publishers = new[] { editor, Elsewhere(editor) }.Select(person => Task.Run(async () =>
            {
                while ((await person.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page" }))
                    .Must(201, 409).Status == 201) Interlocked.Increment(ref published);
            })).ToList();
            await Eventually.IsAsync("publications are under way", () => Task.FromResult(Volatile.Read(ref published) > before));
            await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
            await Task.WhenAll(publishers);
            // Whoever came first: every copy that was put up has an order to come down.
            Assert.Equal(0, await look.CountAsync("""
                select count(*) from publications where photo_id = $1 and not exists (
                  select from removals where publication_id = publications.id and done_at is null and cancelled_at is null)
                """, photo));
            await pupil.AnswerAsync(Channel.Website, Answer.Given);
        }
        output.WriteLine($"{published} publications raced with 15 withdrawals.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Fault53_a_hold_comes_before_the_tombstone_or_is_told_that_it_is_too_late(bool purged)
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var (head, lead) = (await school.HeadAsync(), await school.SafeguardingAsync());
        var (held, gone) = (0, 0);
        for (var round = 0; round < 20; round++)
        {
            var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
            if (purged)
            {
                await look.CountAsync("with due as (update photos set delete_after = now() - interval '1 s' where id = $1 returning 1) select count(*) from due", photo);
                Assert.Equal(1, (await head.PostAsync("purges", new { dryRun = false })).Must(202).Json.GetProperty("due").GetInt32());
            }
            else
            {
                (await head.PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202);
            }
            var removal = (await look.ClaimAsync(WorkKinds.Remove))!;
            var holding = lead.PostAsync($"photos/{photo}/holds", new { reason = "police asked", reviewOn = TestSchool.Today.AddDays(7) });
            // Later by one question to the database in every round, so that now the one comes first and now the other.
            var lateness = round;
            var removing = Task.Run(async () =>
            {
                for (var nth = 0; nth < lateness; nth++) await look.CountAsync("select count(*) from schools");
                await look.DoAsync(removal);
            });
            var hold = (await holding).Must(201, 410);
            await removing;
            var certificates = await look.CountAsync("select count(*) from certificates where photo_id = $1", photo);
            if (hold.Status == 201)
            {
                held++;
                Assert.Equal(0, certificates);
                Assert.Equal(0, await look.CountAsync("select count(*) from tombstones where photo_id = $1", photo));
                await Books.MustOpenAsync(look, photo);
                Assert.True(await look.CountAsync("select count(*) from objects where photo_id = $1", photo) > 0);
            }
            else
            {
                gone++;
                Assert.Equal(1, certificates);
            }
        }
        output.WriteLine($"{held} holds came first, {gone} tombstones.");
    }

    [Fact]
    public async Task The_same_picture_sent_twice_at_once_is_kept_once()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var teacher = await school.TeacherAsync();
        for (var round = 0; round < 10; round++)
        {
            var picture = TestPhotos.Picture(64, 48);
            var replies = await Task.WhenAll(new[] { teacher, Elsewhere(teacher) }
                .Select(person => person.PostBytesAsync($"photos?activity={activity}", picture)));
            replies.Single(reply => reply.Status == 201).Must(201);
            replies.Single(reply => reply.Status != 201).MustRefuse(409, "duplicate");
        }
        // Nothing of the second one waits for a sweep.
        Assert.Equal(10, await look.CountAsync("select count(*) from objects"));
        await Books.MustBalanceAsync(look);
    }

    [Fact]
    public async Task The_same_key_used_twice_at_once_makes_one_photo()
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        var teacher = await school.TeacherAsync();
        for (var round = 0; round < 10; round++)
        {
            var (picture, key) = (TestPhotos.Picture(64, 48), Guid.NewGuid().ToString());
            var replies = await Task.WhenAll(new[] { teacher, Elsewhere(teacher) }
                .Select(person => person.PostBytesAsync($"photos?activity={activity}", picture, key: key)));
            Assert.Contains(replies, reply => reply.Status == 201);
            foreach (var reply in replies.Where(reply => reply.Status != 201)) reply.MustRefuse(409, "request-in-flight");
            Assert.Single(replies.Where(reply => reply.Status == 201).Select(reply => reply.Id).Distinct());
            Assert.Equal(round + 1, await look.CountAsync("select count(*) from photos"));
        }
        await Books.MustBalanceAsync(look);
    }

    private Task<long> WaitingAsync() =>
        look.CountAsync("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");

    /// <summary>The same person at the other node.</summary>
    private Person Elsewhere(Person person) => new(TestApi.AddressOf(second), person.Token, person.Id);
}
