namespace PhotoGuard.Benchmarks;

/// <summary>What <c>script/bench</c> was asked for.</summary>
/// <param name="Name">One of <see cref="BenchNames.All"/>, not yet checked.</param>
/// <param name="Quick">Ends within two minutes.</param>
/// <param name="Json">Where the report goes, or null.</param>
public sealed record BenchArguments(string Name, bool Quick, string? Json)
{
    /// <summary>Null where the arguments make no sense.</summary>
    public static BenchArguments? Parse(string[] args)
    {
        string? name = null, json = null;
        var quick = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
                quick = true;
            else if (args[i] == "--json" && i + 1 < args.Length)
                json = args[++i];
            else if (name is null && !args[i].StartsWith('-'))
                name = args[i];
            else
                return null;
        }

        return name is null ? null : new BenchArguments(name, quick, json);
    }
}
