using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Faults.CrashPoints;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Workers.Sandbox;

namespace PhotoGuard.Tests.Faults.Poison;

/// <summary>A picture that takes its decoder with it, from its upload to its certificate of deletion, under running workers.</summary>
public sealed class PoisonTests(TestApi api) : IClassFixture<TestApi>
{
    [Theory]
    [InlineData("died", "ended in the middle of it")]
    [InlineData("memory", "needed more memory for it than a picture may")]
    [InlineData("cpu", "computed longer on it than a picture may")]
    [InlineData("wall", "gave no answer in time")]
    [InlineData("answer", "answered what was not asked, so it may have been taken over")]
    public async Task Fault17_After_three_decoders_it_is_set_aside_and_told_and_can_still_be_destroyed(string how, string words)
    {
        var school = await api.SchoolAsync();
        var activity = await school.ActivityAsync();
        await using var look = PhotoFlows.Over(api.Records.Settings);
        var poison = await school.UploadAsync(activity, TestPhotos.Picture(PoisonedDecoder.Width, 48));
        var others = new[] { await school.UploadAsync(activity, TestPhotos.Picture(64, 48)), await school.UploadAsync(activity, TestPhotos.Picture(64, 48)) };
        using var ict = await school.VisitAsync(Role.Ict);

        await using (await TestWorkers.StartAsync(api.Records.Settings, services => services.AddSingleton(Decoding(how))))
        {
            await Eventually.IsAsync("it is set aside", async () => await look.CountAsync("select count(*) from work where subject = $1 and stuck_at is not null", poison) == 1);
            foreach (var other in others)
                await Eventually.IsAsync("the others have their renditions", async () => await StoredAsync(look, other) == 3);

            Assert.Equal(1, await look.CountAsync("select count(*) from work where subject = $1 and losses = 3 and loss = $2", poison, how));
            Assert.Equal(3, await look.CountAsync("select count(*) from audit_entries where event = 'decoder.lost' and photo_id = $1 and school_id = $2 and actor_kind = 'system' and details ->> 'reason' = $3", poison, school.Id, how));
            Assert.Equal(0, await look.CountAsync("select count(*) from audit_entries where event = 'decoder.lost' and photo_id = any($1)", others));
            var page = (await ict.GetAsync("/operations")).Must(200).MustSay("1 piece of work is stuck.").MustSay($"{poison}")
                .MustSay($"Set aside: 3 decoders were lost with this picture. The last one {words}.");
            Assert.Equal(how == "answer", page.Words.Contains("not by itself", StringComparison.Ordinal));
            Assert.Equal(how == "answer" ? 1 : 0, page.Document.QuerySelectorAll(".note.refused").Count(note => note.TextContent.Contains("answered what was not asked")));
            Assert.Equal(how == "answer" ? 3 : 0, page.Document.QuerySelectorAll("td .bad").Length);

            var head = await school.HeadAsync();
            (await head.PostAsync($"photos/{poison}/erasure", new { reason = "asked by a guardian" })).Must(202);
            await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{poison}/certificate")).Status == 200);
        }
        await look.RecoverAsync();
        await Books.MustBalanceAsync(look);
        (await ict.GetAsync("/operations")).MustSay("Nothing is stuck.");
    }

    [Fact]
    public async Task With_a_better_decoder_the_ICT_lead_has_it_tried_again_and_it_is_shown()
    {
        var school = await api.SchoolAsync();
        await using var look = PhotoFlows.Over(api.Records.Settings);
        var poison = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(PoisonedDecoder.Width, 48));
        await using (await TestWorkers.StartAsync(api.Records.Settings, services => services.AddSingleton(Decoding("died"))))
            await Eventually.IsAsync("it is set aside", async () => await look.CountAsync("select count(*) from work where subject = $1 and stuck_at is not null", poison) == 1);

        await using (await TestWorkers.StartAsync(api.Records.Settings))
        {
            using var ict = await school.VisitAsync(Role.Ict);
            (await ict.PostToAsync("/operations", "/operations?handler=again")).Must(200).MustSay("It is tried again now.").MustSay("Nothing is stuck.");
            await Eventually.IsAsync("the renditions", async () => await StoredAsync(look, poison) == 3);
        }
        Assert.Equal(1, await look.CountAsync("select count(*) from audit_entries where event = 'work.retried' and photo_id = $1 and actor_kind = 'person'", poison));
    }

    private static Task<long> StoredAsync(PhotoFlows look, Guid photo) =>
        look.CountAsync("select count(*) from objects where photo_id = $1 and stored_at is not null", photo);

    private static DecoderSettings Decoding(string how) => new()
    {
        Children = 2,
        // The limit that is to end it is near, the others are out of its way: where memory is slow to be had, filling it takes seconds.
        Wall = TimeSpan.FromSeconds(how == "wall" ? 2 : 40),
        Cpu = TimeSpan.FromSeconds(how == "cpu" ? 2 : 20),
        Program = () => PoisonedDecoder.That(how),
    };
}
