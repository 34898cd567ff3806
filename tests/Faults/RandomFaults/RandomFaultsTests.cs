using PhotoGuard.Tests.Models;

namespace PhotoGuard.Tests.Faults.RandomFaults;

/// <summary>
/// Lives of schools in which every other thing fails somewhere: a call of a database, the store or the keys, before or after it did its
/// work, or the process from there on. Nothing that a model of the policy forbids may come of it, then or once all is swept.
/// </summary>
public sealed class RandomFaultsTests
{
    [Fact]
    public Task Faults_Whatever_fails_wherever_the_school_is_what_the_policy_says_then_and_in_the_end() =>
        StoryRun.TellAsync("faults", Stories.FaultyLives, 8, school => school.Counted);
}
