using System.Text.RegularExpressions;

namespace PhotoGuard.Tests.Api.Problems;

public sealed partial class ProblemsListTests
{
    [Fact]
    public void Every_problem_of_the_source_is_listed_with_its_statuses_and_nothing_else_is()
    {
        var inSource = new[] { "records", "ingest", "api" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PhotosFolder.ProjectRoot, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(path => Thrown().Matches(File.ReadAllText(path)))
            .Select(match => $"{match.Groups["type"].Value} {match.Groups["status"].Value}")
            .ToHashSet();
        Assert.True(inSource.Count > 20, "The pattern finds no refusals any more.");

        var listed = File.ReadLines(Path.Combine(PhotosFolder.ProjectRoot, "docs", "problems.md"))
            .Select(line => Row().Match(line)).Where(match => match.Success)
            .SelectMany(match => match.Groups["statuses"].Value.Split(", ").Select(status => $"{match.Groups["type"].Value} {status}"))
            .ToHashSet();
        Assert.Equal(inSource.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    // A refusal is made by name, or by the target-typed new of a method that returns one.
    [GeneratedRegex("""new(?: Refusal)?\(\s*"(?<type>[a-z]+(?:-[a-z]+)*)",\s*(?<status>[45]\d\d),""")]
    private static partial Regex Thrown();

    [GeneratedRegex("""^\| `(?<type>[a-z-]+)` \| (?<statuses>[0-9, ]+) \|""")]
    private static partial Regex Row();
}
