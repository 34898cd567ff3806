using System.Xml.Linq;

namespace PhotoGuard.Benchmarks.Seeded;

/// <summary>What a run of tests came to.</summary>
/// <param name="Passed">By the full name of each test that ran, without parameters: whether every row of it passed.</param>
/// <param name="Whole">False where the tests' process died before it could tell.</param>
public sealed record TestsSeen(IReadOnlyDictionary<string, bool> Passed, bool Whole)
{
    /// <param name="path">The results as <c>dotnet test --logger trx</c> writes them; absent where nothing could be written.</param>
    public static TestsSeen Read(string path)
    {
        if (!File.Exists(path)) return new(new Dictionary<string, bool>(), false);
        var results = XDocument.Load(path).Root!;
        XNamespace of = results.Name.Namespace;
        var names = results.Descendants(of + "UnitTest").ToDictionary(
            test => test.Attribute("id")!.Value,
            test => test.Element(of + "TestMethod")!).ToDictionary(
            test => test.Key,
            test => $"{test.Value.Attribute("className")!.Value}.{test.Value.Attribute("name")!.Value.Split('(')[0].Split('.')[^1]}");
        var passed = results.Descendants(of + "UnitTestResult")
            .Where(row => row.Attribute("outcome")?.Value is "Passed" or "Failed")
            .GroupBy(row => names[row.Attribute("testId")!.Value])
            .ToDictionary(test => test.Key, test => test.All(row => row.Attribute("outcome")!.Value == "Passed"));
        return new(passed, results.Element(of + "ResultSummary")?.Attribute("outcome")?.Value is "Completed" or "Failed");
    }
}
