namespace PhotoGuard.Benchmarks;

public static class Program
{
    /// <summary><c>NAME [--quick] [--json FILE]</c>; exit 0 when measured, 1 when it could not be.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (BenchArguments.Parse(args) is not { } asked)
            return Refuse("Say script/bench NAME [--quick] [--json FILE].");
        if (!BenchNames.All.Contains(asked.Name))
            return Refuse($"There is no measurement \"{asked.Name}\"; the names are {string.Join(", ", BenchNames.All)}.");
        if (!BenchNames.Written.TryGetValue(asked.Name, out var measure))
            return Refuse($"The measurement \"{asked.Name}\" has not been written yet.");

        var report = new BenchReport(asked.Name, asked.Quick);
        await measure(report);
        report.Print(Console.Out);
        if (asked.Json is not null)
            await report.WriteAsync(asked.Json);
        return 0;
    }

    private static int Refuse(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }
}
