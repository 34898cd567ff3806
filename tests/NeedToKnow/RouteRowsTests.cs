using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using PhotoGuard.Api.NeedToKnow;
using PhotoGuard.Api.Pages;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>Every route is in the table, the docs say what the table says, and no code beside it spells who may.</summary>
public sealed partial class RouteRowsTests(TestApi api) : IClassFixture<TestApi>
{
    private const string Anew = "dotnet run --project api -- need-to-know ../docs/need-to-know.md";

    /// <summary>Where roles are spelled for another reason than who may: their names, the demo's people, whom the first link and a profile give what.</summary>
    private static readonly string[] Spelled =
        ["records/NeedToKnow/Rights.cs", "records/Store/Refusals.cs", "records/Staff/FirstSchool.cs", "records/Staff/PolicySwitches.cs", "records/Staff/SecondFactor.cs", "api/Pages/Speech.cs"];

    [Fact]
    public async Task Every_route_has_a_row_and_every_row_its_route()
    {
        await using var app = await TestApi.StartAsync(api.Records.Settings);
        Assert.Empty(RouteCheck.Errors(await MappedRoutes.OfAsync(app), RouteRows.All));
    }

    [Fact]
    public async Task A_route_without_a_row_is_told_with_the_line_to_add()
    {
        await using var app = await TestApi.StartAsync(api.Records.Settings);
        var mapped = await MappedRoutes.OfAsync(app);
        var error = Assert.Single(RouteCheck.Errors([.. mapped, new("GET /api/v1/everything", false)], RouteRows.All));
        Assert.StartsWith("api/NeedToKnow/RouteRows.cs : error PG0001: GET /api/v1/everything has no row", error, StringComparison.Ordinal);
        Assert.Contains("""new("GET /api/v1/everything", RIGHT),""", error, StringComparison.Ordinal);
        Assert.Contains("PG0002", Assert.Single(RouteCheck.Errors([.. mapped.Where(route => route.Route != "GET /api/v1/audit")], RouteRows.All)), StringComparison.Ordinal);
        Assert.Contains("PG0003", Assert.Single(RouteCheck.Errors(
            [.. mapped.Select(route => route.Route == "GET /api/v1/audit" ? route with { IsOpen = true } : route)], RouteRows.All)), StringComparison.Ordinal);
        Assert.Contains("PG0004", Assert.Single(RouteCheck.Errors(mapped, [.. RouteRows.All, RouteRows.All[^1]])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_docs_say_what_the_table_says() => Assert.True(
        File.ReadAllText(Path.Combine(PhotosFolder.ProjectRoot, "docs", "need-to-know.md")) == NeedToKnowPage.Text(), $"docs/need-to-know.md is stale. Make it anew: {Anew}");

    [Fact]
    public void Who_may_is_spelled_in_the_table_alone()
    {
        var found = new[] { "records", "ingest", "api" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(PhotosFolder.ProjectRoot, folder), "*.cs*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(PhotosFolder.ProjectRoot, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Intersect(["bin", "obj"]).Any() && !Spelled.Contains(file))
            .Where(file => ByHand().IsMatch(File.ReadAllText(Path.Combine(PhotosFolder.ProjectRoot, file))));
        Assert.True(!found.Any(), $"Ask a row of records/NeedToKnow/Rights.cs instead of a role: {string.Join(", ", found)}");
    }

    [Fact]
    public void Nobody_is_led_to_a_page_that_they_may_not_see()
    {
        foreach (var (role, profile) in from role in Enum.GetValues<Role>() from profile in Enum.GetValues<PolicyProfile>() select (role, profile))
        {
            var (by, publishing) = (new Actor(ActorKind.Person, Guid.Empty, [role]), PolicySwitches.Of(profile, Guid.Empty).PublishingRoles);
            Assert.All(Errand.Of(by, publishing), errand => Assert.True(
                RouteRows.All.Single(row => row.Route == $"GET {errand.Path}").Right.Allows(by, Deliveries.RelationTo(by, publishing)), $"{role} is led to {errand.Path}."));
        }
    }

    [Fact]
    public void Every_right_has_words_of_its_own()
    {
        Assert.Equal(Rights.All.Count, Rights.All.Select(right => right.Does).Distinct().Count());
        Assert.Equal(Rights.All.Count, Rights.All.Select(right => right.Name).Distinct().Count());
        Assert.All(Rights.All, right => Assert.Same(right, typeof(Rights).GetProperty(right.Name)!.GetValue(null)));
    }

    [GeneratedRegex(@"\bRole\.(Teacher|Screener|Office|Editor|Safeguarding|Head|Ict)\b|RoleMayNot\((?!""This program's token|Sentence\))")]
    private static partial Regex ByHand();
}
