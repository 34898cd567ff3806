using FsCheck;
using FsCheck.Fluent;

namespace PhotoGuard.Tests.Models;

/// <summary>Tells many stories, each of a seed of its own that tells it again, and keeps count.</summary>
internal static class StoryRun
{
    /// <summary>Schools that share databases; a store that grows makes every sweep dearer.</summary>
    private const int SchoolsPerHouse = 8;

    // Any odd number: with the seed it names the story.
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <param name="quick">How many in script/test.</param>
    /// <param name="tell">One more observation of a story that held.</param>
    public static async Task TellAsync(string name, Arbitrary<Story> stories, int quick, Func<LivingSchool, object> tell)
    {
        var times = LongRun.Times(quick);
        var threads = times > quick ? 2 : 1;
        var found = await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(async () =>
        {
            await using var teller = new Teller();
            var wrong = new List<string>();
            for (var seed = 1 + thread; seed <= times; seed += threads)
            {
                try
                {
                    teller.Last = null;
                    Check.One(Config.QuickThrowOnFailure.WithMaxTest(1).WithReplay((ulong)seed, Gamma), Prop.ForAll(stories, teller.Tell));
                    LongRun.Tell(tell(teller.Last!));
                }
                catch (Exception error) when (error.Message.Contains("Falsifiable", StringComparison.Ordinal))
                {
                    wrong.Add($"{name}, seed {seed}: {error.Message}");
                    LongRun.Tell(new { part = "violation", name, seed, what = error.Message });
                }
            }
            return wrong;
        })));
        Assert.True(found.All(wrong => wrong.Count == 0), string.Join("\n\n", found.SelectMany(wrong => wrong)));
    }

    private sealed class Teller : IAsyncDisposable
    {
        private ModelHouse? house;
        private int schools;

        public LivingSchool? Last { get; set; }

        /// <summary>FsCheck waits for one story at a time.</summary>
        public void Tell(Story story) => TellAsync(story).GetAwaiter().GetResult();

        public async ValueTask DisposeAsync()
        {
            if (house is not null) await house.DisposeAsync();
        }

        private async Task TellAsync(Story story)
        {
            if (schools++ % SchoolsPerHouse == 0) await MoveAsync();
            house ??= await ModelHouse.OpenAsync();
            try
            {
                Last = await LivingSchool.LiveAsync(house, story);
            }
            catch
            {
                // Whatever is wrong in there is not to be found a second time.
                await MoveAsync();
                throw;
            }
        }

        private async Task MoveAsync()
        {
            if (house is not null) await house.DisposeAsync();
            house = null;
        }
    }
}
