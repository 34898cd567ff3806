using System.Reflection;
using System.Text.RegularExpressions;

namespace PhotoGuard.Tests.Architecture;

/// <summary>docs/asvs.md names for each item of OWASP ASVS 5.0.0 that is aimed at what holds it. All of that is there.</summary>
public sealed partial class AsvsTests
{
    /// <summary>What is aimed at: levels 1 and 2 as far as they can apply, and of level 3 what protects pictures of children. The level in brackets.</summary>
    private const string Aimed = """
        1.2.4(1) 1.2.5(1) 1.2.10(3) 1.3.4(2) 1.3.6(2) 1.5.1(1) 1.5.3(3)
        2.3.1(1) 2.3.3(2) 2.3.4(2) 2.3.5(3) 2.4.1(2)
        3.2.1(1) 3.3.1(1) 3.3.2(2) 3.3.3(2) 3.3.4(2) 3.4.1(1) 3.4.2(1) 3.4.3(2) 3.4.4(2) 3.4.5(2) 3.4.6(2) 3.4.8(3) 3.5.1(1) 3.5.2(1) 3.5.3(1)
        3.5.4(2) 3.5.8(3)
        4.1.1(1) 4.1.2(2) 4.1.3(2) 4.1.4(3) 4.1.5(3) 4.2.1(2)
        5.1.1(2) 5.2.1(1) 5.2.2(1) 5.2.3(2) 5.2.4(3) 5.2.5(3) 5.2.6(3) 5.3.1(1) 5.3.2(1) 5.3.3(3) 5.4.1(2) 5.4.2(2) 5.4.3(2)
        6.1.1(1) 6.1.3(2) 6.2.1(1) 6.2.2(1) 6.2.3(1) 6.2.4(1) 6.2.5(1) 6.2.6(1) 6.2.7(1) 6.2.8(1) 6.2.9(2) 6.2.12(2) 6.3.1(1) 6.3.2(1) 6.3.3(2)
        6.3.4(2) 6.3.5(3) 6.3.7(3) 6.3.8(3) 6.4.1(1) 6.4.2(1) 6.4.3(2) 6.4.4(2) 6.4.6(3) 6.5.1(2) 6.5.2(2) 6.5.3(2) 6.5.4(2) 6.5.5(2) 6.5.6(3)
        6.8.1(2) 6.8.2(2) 6.8.3(2) 6.8.4(2)
        7.1.1(2) 7.1.2(2) 7.1.3(2) 7.2.1(1) 7.2.2(1) 7.2.3(1) 7.2.4(1) 7.3.1(2) 7.3.2(2) 7.4.1(1) 7.4.2(1) 7.4.3(2) 7.4.5(2) 7.5.1(2) 7.5.2(2)
        7.5.3(3) 7.6.1(2) 7.6.2(2)
        8.1.1(1) 8.1.2(2) 8.1.3(3) 8.1.4(3) 8.2.1(1) 8.2.2(1) 8.2.3(2) 8.2.4(3) 8.3.1(1) 8.3.2(3) 8.3.3(3) 8.4.1(2) 8.4.2(3)
        11.1.1(2) 11.1.2(2) 11.3.1(1) 11.3.2(1) 11.3.3(2) 11.3.4(3) 11.5.1(2) 11.7.2(3)
        12.1.1(1) 12.2.1(1) 12.3.1(2) 12.3.2(2) 12.3.3(2)
        13.1.2(3) 13.1.3(3) 13.2.1(2) 13.2.2(2) 13.2.3(2) 13.2.4(2) 13.2.5(2) 13.2.6(3) 13.3.1(2) 13.3.2(2) 13.3.3(3) 13.3.4(3) 13.4.1(1) 13.4.2(2)
        13.4.3(2) 13.4.4(2) 13.4.5(2) 13.4.6(3)
        14.1.1(2) 14.1.2(2) 14.2.1(1) 14.2.2(2) 14.2.4(2) 14.2.5(3) 14.2.6(3) 14.2.7(3) 14.2.8(3) 14.3.1(1) 14.3.2(2) 14.3.3(2)
        15.1.1(1) 15.1.2(2) 15.1.3(2) 15.1.4(3) 15.1.5(3) 15.2.1(1) 15.2.2(2) 15.2.3(2) 15.2.4(3) 15.2.5(3) 15.3.1(1) 15.3.2(2) 15.3.3(2) 15.3.4(2)
        15.4.1(3) 15.4.2(3) 15.4.3(3) 15.4.4(3)
        16.1.1(2) 16.2.1(2) 16.2.2(2) 16.2.3(2) 16.2.4(2) 16.2.5(2) 16.3.1(2) 16.3.2(2) 16.3.3(2) 16.3.4(2) 16.4.1(2) 16.4.2(2) 16.4.3(2) 16.5.1(2)
        16.5.2(2) 16.5.3(2) 16.5.4(3)
        """;

    private static readonly string Docs = Path.Combine(PhotosFolder.ProjectRoot, "docs");
    private static readonly string[] Text = File.ReadAllLines(Path.Combine(Docs, "asvs.md"));
    private static readonly Dictionary<string, Type[]> Types = typeof(AsvsTests).Assembly.GetTypes().GroupBy(type => type.Name).ToDictionary(one => one.Key, one => one.ToArray());

    /// <summary>Item, level, what it asks, and what holds it or why it does not apply.</summary>
    private static IEnumerable<(string Item, string Level, string Held)> Rows(bool apply) => Text
        .Where((_, at) => at < Array.IndexOf(Text, "## Does not apply") == apply)
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 6 && Number().IsMatch(cells[1]))
        .Select(cells => (cells[1], cells[2], cells[4]));

    [Fact]
    public void Every_item_that_is_aimed_at_stands_there_once_with_its_level() => Assert.Equal(
        Aimed.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Order(),
        Rows(true).Concat(Rows(false)).Select(row => $"{row.Item}({row.Level})").Order());

    [Fact]
    public void Every_test_that_is_named_is_there()
    {
        var missing = Rows(true).SelectMany(row => Tests(row.Held).Where(test => !IsTest(test)).Select(test => $"{row.Item}: {test}")).ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_of_ours()
    {
        var missing = Link().Matches(string.Join('\n', Text)).Select(match => match.Groups["to"].Value).Distinct().Where(to => !Leads(to)).ToList();
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void The_counts_are_those_of_the_tables()
    {
        var rows = Rows(true).ToList();
        Assert.All(rows, row => Assert.True(IsOpen(row.Held) || Tests(row.Held).Any() || Link().IsMatch(row.Held), $"{row.Item} is held by nothing"));
        var (tests, open) = (rows.Count(row => !IsOpen(row.Held) && Tests(row.Held).Any()), rows.Count(row => IsOpen(row.Held)));
        Assert.Contains($"**{rows.Count} items apply: {tests} held by tests, {rows.Count - tests - open} by documents, {open} open.**", Text);
    }

    private static bool IsOpen(string held) => held.Contains("**open:**", StringComparison.Ordinal);

    private static IEnumerable<string> Tests(string held) => Named().Matches(held).Select(match => match.Groups["test"].Value);

    private static bool IsTest(string name) => name.Split('.') is [var type, .. var method] && Types.TryGetValue(type, out var found) && found.Any(one => one
        .GetMethods(BindingFlags.Public | BindingFlags.Instance)
        .Any(it => it.GetCustomAttributes<FactAttribute>().Any() && (method.Length == 0 || it.Name == method[0])));

    private static bool Leads(string to)
    {
        var (file, anchor) = (Path.Combine(Docs, to.Split('#')[0]), to.Split('#').ElementAtOrDefault(1));
        return File.Exists(file) && (anchor is null || File.ReadLines(file).Any(line => Heading().Match(line) is { Success: true } match && Slug(match.Groups["words"].Value) == anchor));
    }

    private static string Slug(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    [GeneratedRegex(@"^\d+\.\d+\.\d+$")]
    private static partial Regex Number();

    [GeneratedRegex(@"`(?<test>[A-Z]\w*Tests(\.\w+)?)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\((?<to>[^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<words>.+)$")]
    private static partial Regex Heading();
}
