using System.Diagnostics;
using System.Reflection;

namespace PhotoGuard.Tests.Seeded;

/// <summary>
/// The seeded bugs fit the product as it is now: whoever changes a line that one of them changes sees it here at once, and makes the patch
/// anew. That each is caught, script/bench seeded shows.
/// </summary>
public sealed class SeededBugsTests
{
    private static readonly IReadOnlyList<SeededBug> Bugs = SeededBug.All(PhotosFolder.ProjectRoot);

    public static TheoryData<string> Names => [.. Bugs.Select(bug => bug.Name)];

    [Fact]
    public void There_are_at_least_as_many_as_the_goal_and_each_has_its_number()
    {
        Assert.True(Bugs.Count >= 40, $"There are {Bugs.Count}.");
        Assert.Equal(Bugs.Count, Bugs.Select(bug => bug.Name.Split('-')[0]).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_seeded_bug_fits_the_product_and_names_its_test(string name)
    {
        var bug = Bugs.Single(bug => bug.Name == name);
        Assert.All(bug.Files, file => Assert.Contains(file.Split('/')[0], (string[])["records", "ingest", "workers", "api"]));
        Assert.NotEmpty(bug.Files);
        Assert.All([bug.What, bug.Breaks], text => Assert.NotEmpty(text));
        Assert.InRange(File.ReadLines(bug.Path).Count(IsChange), 1, 10);

        var dot = bug.CaughtBy.LastIndexOf('.');
        var test = typeof(SeededBug).Assembly.GetType(bug.CaughtBy[..dot])?.GetMethod(bug.CaughtBy[(dot + 1)..]);
        Assert.True(test?.GetCustomAttribute<FactAttribute>() is not null, $"There is no test {bug.CaughtBy}.");

        var (code, said) = await CheckAsync(bug.Path);
        Assert.True(code == 0, $"It does not apply any more, so make it anew (tests/Seeded/README.md): {said}");
    }

    private static bool IsChange(string line) =>
        line.Length > 0 && line[0] is '+' or '-' && !line.StartsWith("+++", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal);

    private static async Task<(int Code, string Said)> CheckAsync(string patch)
    {
        var start = new ProcessStartInfo("git", ["apply", "--check", patch])
        {
            WorkingDirectory = PhotosFolder.ProjectRoot,
            RedirectStandardError = true,
            // The files as they lie here, whether or not this is a clone; nothing of anybody's settings.
            Environment = { ["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(PhotosFolder.ProjectRoot), ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_NOSYSTEM"] = "1" },
        };
        using var git = Process.Start(start)!;
        var said = await git.StandardError.ReadToEndAsync();
        await git.WaitForExitAsync();
        return (git.ExitCode, said);
    }
}
