using PhotoGuard.Records.NeedToKnow;

namespace PhotoGuard.Api.NeedToKnow;

/// <summary>
/// <c>need-to-know</c>: compares the routes with their table, after every build of them (PhotoGuard.Api.csproj); with a file it writes the
/// page of the docs there. Needs no database: nothing is started.
/// </summary>
public static class RouteCheck
{
    public const string Verb = "need-to-know";

    /// <summary>What is wrong, each as the compiler says an error.</summary>
    public static IEnumerable<string> Errors(IReadOnlyList<MappedRoute> mapped, IReadOnlyList<RouteRow> rows)
    {
        foreach (var route in mapped.Where(route => rows.All(row => row.Route != route.Route)))
            yield return Error("PG0001", $"""{route.Route} has no row: nobody has said who may. Add to RouteRows.All the line: new("{route.Route}", {Asked(route)}""");
        foreach (var row in rows.Where(row => mapped.All(route => route.Route != row.Route)))
            yield return Error("PG0002", $"""{row.Route} is no route. Take its line out of RouteRows.All: new("{row.Route}", {row.Right.Name})""");
        foreach (var row in rows.Where(row => !row.ByGrant && mapped.Any(route => route.Route == row.Route && route.IsOpen != (row.Right == Rights.Anybody))))
            yield return Error("PG0003", $"{row.Route} {(row.Right == Rights.Anybody ? "asks for a sign-in, and its row says that anybody may" : $"asks for no sign-in, and its row says {row.Right.Name}")}.");
        foreach (var twice in rows.CountBy(row => row.Route).Where(row => row.Value > 1))
            yield return Error("PG0004", $"{twice.Key} has {twice.Value} rows. It may have one.");
        foreach (var right in Rights.All.Where(right => right.Sentence.Length == 0 && right.HiddenAs is null && rows.Any(row => row.Right == right && row.Right is { Grants: not [{ Roles: [], To: Relation.School }] })))
            yield return Error("PG0005", $"{right.Name} is asked by a route and says nothing to whoever may not: give it a sentence, or HiddenAs.");
    }

    /// <returns>0: in order; 1: not, or it could not be seen.</returns>
    public static async Task<int> RunAsync(string? file)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Nothing of it is opened.
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["PHOTOGUARD_DATA"] = Path.GetTempPath(),
            ["PHOTOGUARD_DATABASE"] = "Host=nowhere",
            ["PHOTOGUARD_KEYS"] = "Host=nowhere",
            ["PHOTOGUARD_BLOBS"] = $"disk:{Path.GetTempPath()}",
        });
        builder.AddPhotoGuard();
        await using var app = builder.Build();
        app.UsePhotoGuard();
        var errors = Errors(await MappedRoutes.OfAsync(app), RouteRows.All).ToList();
        foreach (var error in errors) await Console.Out.WriteLineAsync(error);
        if (errors.Count == 0 && file is not null) await File.WriteAllTextAsync(file, NeedToKnowPage.Text());
        return errors.Count == 0 ? 0 : 1;
    }

    private static string Asked(MappedRoute route) => route.IsOpen
        ? "Anybody), if it is meant that nobody has to sign in for it."
        : "RIGHT), where RIGHT is a row of records/NeedToKnow/Rights.cs.";

    private static string Error(string number, string text) => $"api/NeedToKnow/RouteRows.cs : error {number}: {text}";
}
