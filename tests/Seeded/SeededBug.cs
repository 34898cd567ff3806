namespace PhotoGuard.Tests.Seeded;

/// <summary>A bug that a test must catch, as tests/Seeded keeps it: a patch with a few lines before it that say what it is.</summary>
/// <param name="Name">The file's name without its ending, e.g. <c>36-row-first</c>.</param>
/// <param name="Path">The patch.</param>
/// <param name="What">One sentence.</param>
/// <param name="Breaks">The law, clause, invariant or fault that it breaks.</param>
/// <param name="CaughtBy">Full name of the test that catches it, without parameters.</param>
/// <param name="Files">The files that it changes, from the root of the checkout.</param>
public sealed record SeededBug(string Name, string Path, string What, string Breaks, string CaughtBy, IReadOnlyList<string> Files)
{
    /// <summary>The filter by which <c>dotnet test</c> finds that test, with every row of it.</summary>
    public string Filter => $"FullyQualifiedName={CaughtBy}";

    /// <summary>All of them in the order of their numbers.</summary>
    /// <param name="root">The checkout.</param>
    public static IReadOnlyList<SeededBug> All(string root) =>
        [.. Directory.GetFiles(System.IO.Path.Combine(root, "tests", "Seeded"), "*.patch").Order(StringComparer.Ordinal).Select(Read)];

    private static SeededBug Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return new(System.IO.Path.GetFileNameWithoutExtension(path), path, Told("Bug: "), Told("Breaks: "), Told("Caught-by: "),
            [.. Values("+++ b/")]);

        IEnumerable<string> Values(string head) =>
            lines.Where(line => line.StartsWith(head, StringComparison.Ordinal)).Select(line => line[head.Length..].TrimEnd());

        string Told(string head) => Values(head).FirstOrDefault() ?? throw new InvalidDataException($"{path} has no line \"{head}\".");
    }
}
