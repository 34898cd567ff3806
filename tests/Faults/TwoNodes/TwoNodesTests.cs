using System.Collections.Concurrent;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.TwoNodes;

/// <summary>Two apis and two workers over one database and one store: 200 photos in through both, half of them withdrawn meanwhile.</summary>
public sealed class TwoNodesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Groups = 20;
    private const int PhotosOfGroup = 10;

    private readonly TestApi first = new();
    private readonly ConcurrentDictionary<Guid, bool> known = new();
    private readonly ConcurrentDictionary<Guid, bool> withdrawn = new();
    private readonly ConcurrentQueue<string> servedAfterwards = new();
    private int probes;
    private int served;

    public Task InitializeAsync() => first.InitializeAsync();

    public Task DisposeAsync() => first.DisposeAsync();

    [Fact]
    public async Task Fault41_Withdrawn_while_it_is_rendered_nothing_is_served_left_over_or_done_twice()
    {
        var settings = first.Records.Settings;
        await using var second = await TestApi.StartAsync(settings with { Node = "n2" });
        var school = await first.SchoolAsync();
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var teachers = await BothAsync(school, second, Role.Teacher);
        var screeners = await BothAsync(school, second, Role.Screener);
        var editors = await BothAsync(school, second, Role.Editor);
        await using var look = PhotoFlows.Over(settings);
        using var over = new CancellationTokenSource();

        await using (await TestWorkers.StartAsync(settings))
        await using (await TestWorkers.StartAsync(settings with { Node = "n2" }))
        {
            var probing = editors.Select(editor => Task.Run(() => ProbeAsync(editor, over.Token))).ToList();
            await Parallel.ForEachAsync(Enumerable.Range(0, Groups), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (group, _) =>
                await GroupAsync(school, activity, group, teachers, screeners));

            const string Gone = "select count(*) from certificates";
            await Eventually.IsAsync("the certificates", async () => await look.CountAsync(Gone) == Groups * PhotosOfGroup / 4);
            await Eventually.IsAsync("the renditions", async () => await look.CountAsync(
                "select count(*) from objects where kind in ('thumb', 'web') and stored_at is not null") == Groups * PhotosOfGroup / 4 * 3 * 2);
            await Eventually.IsAsync("what stayed is served", () => Task.FromResult(Volatile.Read(ref served) > 10));
            await over.CancelAsync();
            await Task.WhenAll(probing);
        }

        output.WriteLine($"{probes} probes, {served} served, {servedAfterwards.Count} of them after the withdrawal.");
        Assert.Empty(servedAfterwards);
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        foreach (var twice in new[]
        {
            "select count(*) from (select from objects group by photo_id, kind having count(*) > 1) as twice",
            "select count(*) from (select from audit_entries where event in ('photo.rendered', 'photo.destroyed', 'removal.opened') group by event, photo_id having count(*) > 1) as twice",
            "select count(*) from (select from publications group by photo_id, channel, taker_id having count(*) > 1) as twice",
            "select abs((select count(*) from publications) - (select count(*) from audit_entries where event = 'photo.published'))",
        }) Assert.True(await look.CountAsync(twice) == 0, twice);
        await AuditOrder.MustHoldAsync(first.Records, look, Channel.Website);
    }

    /// <summary>Ten photos of one pupil; of every second group the pupil's yes is withdrawn at once, on website and internal by turns.</summary>
    private async Task GroupAsync(TestSchool school, Guid activity, int group, Person[] teachers, Person[] screeners)
    {
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photos = new List<Guid>();
        for (var nth = 0; nth < PhotosOfGroup; nth++)
        {
            var photo = (await teachers[nth % 2].PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(64, 48))).Must(201).Id;
            (await teachers[(nth + 1) % 2].PutAsync($"photos/{photo}/pupils", new { pupils = new[] { pupil.MisId }, nobodyElse = true })).Must(200);
            (await screeners[nth % 2].PostAsync($"photos/{photo}/screening", new { decision = "accepted" })).Must(200);
            known[photo] = true;
            photos.Add(photo);
        }
        if (group % 2 == 1) return;
        await pupil.AnswerAsync(group % 4 == 0 ? Channel.Website : Channel.Internal, Answer.Withdrawn);
        foreach (var photo in photos) withdrawn[photo] = true;
    }

    /// <summary>Asks for every photo again and again; what was withdrawn before the question must not be the answer.</summary>
    private async Task ProbeAsync(Person editor, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            foreach (var photo in known.Keys)
            {
                if (over.IsCancellationRequested) return;
                var before = withdrawn.ContainsKey(photo);
                var reply = (await editor.GetAsync($"channels/website/photos/{photo}/{(probes % 2 == 0 ? "web" : "thumb")}")).Must(200, 404, 410);
                Interlocked.Increment(ref probes);
                if (reply.Status != 200) continue;
                Interlocked.Increment(ref served);
                if (before) servedAfterwards.Enqueue(photo.ToString());
            }
            await Task.Yield();
        }
    }

    /// <summary>One person, as each node sees them.</summary>
    private static async Task<Person[]> BothAsync(TestSchool school, Microsoft.AspNetCore.Builder.WebApplication second, Role role)
    {
        var person = await school.AsAsync(role);
        return [person, new Person(TestApi.AddressOf(second), person.Token, person.Id)];
    }
}
