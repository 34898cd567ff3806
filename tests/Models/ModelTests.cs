
namespace PhotoGuard.Tests.Models;

/// <summary>Random lives of schools, each step held against a model of the policy; script/bench model has many more of them.</summary>
public sealed class ModelTests
{
    [Fact]
    public Task Model_What_a_school_shows_keeps_and_destroys_is_what_the_policy_says_after_every_step() =>
        StoryRun.TellAsync("model", Stories.Lives, 6, school => school.Counted);
}
