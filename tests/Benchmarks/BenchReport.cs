using System.Globalization;
using System.Text.Json;

namespace PhotoGuard.Benchmarks;

/// <summary>Figures and the rows they were computed from, in the shape that <c>--json</c> promises.</summary>
public sealed class BenchReport(string name, bool quick)
{
    private static readonly JsonSerializerOptions Shape = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly SortedDictionary<string, double> _figures = new(StringComparer.Ordinal);
    private readonly List<object> _rows = [];

    /// <summary>Whether two minutes must do.</summary>
    public bool Quick => quick;

    /// <summary>Something was measured. What could not be measured is left out, never written as zero.</summary>
    /// <exception cref="ArgumentException">The value is no finite number, so it was not measured.</exception>
    public void Figure(string key, double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"{key} is {value.ToString(CultureInfo.InvariantCulture)}: leave it out instead.", nameof(value));
        _figures[key] = value;
    }

    /// <summary>One observation, e.g. an anonymous object; it is written as it is.</summary>
    public void Row(object row) => _rows.Add(row);

    /// <summary>The figures, for a person.</summary>
    public void Print(TextWriter to)
    {
        to.WriteLine($"{name}{(quick ? " (quick)" : "")} on {BenchMachine.Describe()}");
        foreach (var (key, value) in _figures)
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {key,-24} {value,14:0.###}"));
    }

    /// <summary>Writes the whole report as JSON.</summary>
    public async Task WriteAsync(string path)
    {
        var report = new { Name = name, Quick = quick, Machine = BenchMachine.Describe(), Figures = _figures, Rows = _rows };
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, Shape) + "\n");
    }
}
