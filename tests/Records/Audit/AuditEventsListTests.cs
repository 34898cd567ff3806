using System.Text.RegularExpressions;

namespace PhotoGuard.Tests.Records.Audit;

public sealed partial class AuditEventsListTests
{
    [Fact]
    public void Every_event_of_the_source_is_listed_and_nothing_else_is()
    {
        var inSource = new[] { "records", "ingest", "api", "workers" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PhotosFolder.ProjectRoot, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(path => Written().Matches(File.ReadAllText(path)).Select(match => match.Groups["event"].Value))
            // Where a pupil's names are sealed is a column.
            .Where(name => Slices.Contains(name.Split('.')[0]) && name != "pupils.identity")
            .ToHashSet();
        Assert.True(inSource.Count > 40, "The pattern finds no events any more.");

        var listed = File.ReadLines(Path.Combine(PhotosFolder.ProjectRoot, "docs", "audit-events.md"))
            .Select(line => line.Split('|')).Where(cells => cells.Length > 4)
            .SelectMany(cells => Named().Matches(cells[1]).Select(match => match.Groups["event"].Value)).ToArray();
        Assert.Equal(listed.Distinct().Count(), listed.Length);
        Assert.Equal(inSource.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(listed, name => Assert.Matches(Style(), name));
    }

    /// <summary>What an event is about; other texts with a dot in them are no events.</summary>
    private static readonly string[] Slices =
    [
        "school", "staff", "token", "device", "pupil", "pupils", "access", "audit", "guardian", "consent", "activity", "photo", "concern", "hold", "removal", "purge", "restore", "records", "decoder", "work",
        "clock", "export", "backup",
    ];

    // Quoted as C# or inside SQL.
    [GeneratedRegex("""["'](?<event>[a-z]+\.[a-zA-Z]+(?:-[a-zA-Z]+)*)["']""")]
    private static partial Regex Written();

    [GeneratedRegex("`(?<event>[^`]+)`")]
    private static partial Regex Named();

    [GeneratedRegex("^[a-z]+\\.[a-z]+(-[a-z]+)*$")]
    private static partial Regex Style();
}
