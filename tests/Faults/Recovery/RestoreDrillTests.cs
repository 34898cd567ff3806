namespace PhotoGuard.Tests.Faults.Recovery;

/// <summary>Lives of a school that end in a disaster, at random moments. script/bench restore has a hundred of them.</summary>
public sealed class RestoreDrillTests
{
    [Fact]
    public Task Fault56_A_backup_that_is_restored_serves_nothing_before_the_replay_and_nothing_deleted_after_it() => DrillAsync(100, byHand: false);

    [Fact]
    public Task Fault59_An_older_database_put_in_place_by_other_means_is_noticed_and_told_what_happened_since() => DrillAsync(200, byHand: true);

    private static async Task DrillAsync(int firstSeed, bool byHand)
    {
        for (var drill = 0; drill < LongRun.Times(1); drill++)
        {
            var found = await RestoreDrill.RunAsync(firstSeed + drill, byHand);
            LongRun.Tell(new
            {
                found.Seed, byHand, found.Photos, found.ServableBefore, found.ServableAfter, found.Probes,
                resurrected = found.Resurrected.Count, servedBeforeReplay = found.ServedBeforeReplay.Count, lost = found.Lost.Count, findings = found.Verified.Count,
            });
            Assert.Empty(found.Resurrected);
            Assert.Empty(found.ServedBeforeReplay);
            Assert.Empty(found.Lost);
            Assert.Empty(found.Verified);
            Assert.True(found.Probes > 0);
        }
    }
}
