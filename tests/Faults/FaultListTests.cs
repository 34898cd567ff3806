using System.Reflection;
using System.Text.RegularExpressions;

namespace PhotoGuard.Tests.Faults;

/// <summary>docs/faults.md says which of the 68 faults are injected. It says the truth.</summary>
public sealed partial class FaultListTests
{
    [Fact]
    public void Every_fault_that_is_said_to_be_tested_is_and_no_other()
    {
        var inSource = typeof(FaultListTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Select(method => Numbered().Match(method.Name)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture)).ToHashSet();
        var rows = File.ReadLines(Path.Combine(PhotosFolder.ProjectRoot, "docs", "faults.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells.Length > 3 && int.TryParse(cells[1], out _))
            .ToDictionary(cells => int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture), cells => cells[3]);
        Assert.Equal(Enumerable.Range(1, 68), rows.Keys.Order());
        Assert.Equal(rows.Where(row => row.Value == "test").Select(row => row.Key).Order(), inSource.Order());
    }

    [GeneratedRegex("^Fault(?<number>[0-9]+)[a-z]?_")]
    private static partial Regex Numbered();
}
