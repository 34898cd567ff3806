using FsCheck;
using FsCheck.Fluent;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Models;

/// <summary>
/// Random lives that end in a disaster: what a backup from the middle of one brings back is no more than could be seen just before it (I29).
/// Restored from outside over HTTP and in a hundred drills by <see cref="Faults.Recovery.RestoreDrillTests"/>.
/// </summary>
public sealed class RestoredSchoolTests
{
    [Fact]
    public void Model_A_restored_school_shows_nothing_more_and_has_nothing_again_that_was_destroyed()
    {
        for (var seed = 1ul; seed <= 2; seed++)
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(1).WithReplay(seed, 1), Prop.ForAll(Stories.LivesToRestore, story => RestoreAsync(story).GetAwaiter().GetResult()));
    }

    private static async Task RestoreAsync(Story story)
    {
        var place = Directory.CreateTempSubdirectory("photoguard-model-").FullName;
        var (backups, copies) = (Path.Combine(place, "backups"), Path.Combine(place, "keys"));
        try
        {
            await using var house = await ModelHouse.OpenAsync();
            var school = await LivingSchool.FoundAsync(house, story.RescueDays);
            var half = story.Steps.Count / 2;
            foreach (var step in story.Steps.Take(half)) await school.DoAsync(step);
            await house.Records.RunAsync<Backups>(it => it.MakeAsync(backups, (_, _) => { }, CancellationToken.None));
            await house.Records.RunAsync<KeyCopies>(it => it.MakeAsync(copies, CancellationToken.None));
            foreach (var step in story.Steps.Skip(half)) await school.DoAsync(step);
            await school.SettleAsync(loseWork: false);
            // Told to the ledger as well.
            await house.Records.SealAsync();
            var (cleared, destroyed) = (school.Cleared.ToHashSet(), school.Tombstones.ToHashSet());

            await using var restored = await ModelHouse.OverAsync(TestRecords.CreateAsync(rootKeyOf: house.Records.Settings));
            await restored.Records.RunAsync<RestoreRun>(it => it.RunAsync(backups, copies, house.Records.Settings.Ledger, (_, _) => { }, CancellationToken.None));
            var again = school.In(restored);
            await again.SweepToTheEndAsync();
            Assert.Empty(again.Cleared.Except(cleared));
            Assert.Empty(again.Photos.Intersect(destroyed));
            Assert.Empty((await again.KeysAsync()).Intersect(destroyed));
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }
}
