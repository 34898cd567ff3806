using System.Diagnostics;
using PhotoGuard.Api.NeedToKnow;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>The matrix over the real service and database. <c>script/bench matrix</c> runs all of it.</summary>
public sealed class MatrixTests(AskedHouse house) : IClassFixture<AskedHouse>
{
    private const int Probes = 300;

    [Fact]
    public async Task Nobody_learns_more_than_the_table_says()
    {
        var whole = LongRun.Times(0) > 0;
        var matrix = new Matrix(house.School, whole);
        await matrix.RunAsync();
        foreach (var (route, cells) in matrix.Cells.OrderBy(one => one.Key)) LongRun.Tell(new { part = "route", route, cells });
        foreach (var leak in matrix.Leaks) LongRun.Tell(new { part = "violation", leak.Route, leak.Asker, leak.Of, leak.What });
        if (whole) await TellTimesAsync(house.School);
        Assert.True(matrix.Leaks.IsEmpty, $"{matrix.Leaks.Count} leaks:\n{string.Join('\n', matrix.Leaks.Order(Comparer<Leak>.Create((one, other) => string.CompareOrdinal($"{one}", $"{other}"))))}");
        Assert.Empty(matrix.Untold);
    }

    [Fact]
    public async Task What_no_row_names_is_not_done()
    {
        var school = house.School;
        var asking = new Asking(school);
        var done = new List<string>();
        foreach (var page in RouteRows.All.Where(row => row.IsPage).DistinctBy(row => row.Path))
        {
            (HttpMethod Method, string Query)[] unnamed =
                [(HttpMethod.Post, ""), (HttpMethod.Post, "?handler=nothing"), (HttpMethod.Put, ""), (HttpMethod.Delete, ""), (HttpMethod.Patch, "")];
            // Where a page has a form without a name, that is what an unknown name means.
            foreach (var (method, query) in unnamed.Where(one => RouteRows.All.All(row => row.Route != $"{one.Method} {page.Path}")))
            {
                foreach (var asker in school.Askers.Where(asker => asker.Name is "head" or "nothing"))
                {
                    var reply = await asking.SendUnnamedAsync(method, page, asker, query);
                    if (reply.Status != 405) done.Add($"{method} {page.Path}{query} by {asker.Name}: {reply.Status}");
                }
            }
        }
        foreach (var one in done) LongRun.Tell(new { part = "violation", one });
        Assert.True(done.Count == 0, $"{done.Count}:\n{string.Join('\n', done)}");
    }

    /// <summary>Whether a record takes longer to be denied than one that was never there: medians, asked in turns, by another school and by a teacher.</summary>
    private static async Task TellTimesAsync(AskedSchool school)
    {
        var asking = new Asking(school);
        string[] routes =
        [
            "GET /api/v1/photos/{id:guid}", "GET /api/v1/photos/{id:guid}/renditions/{name}", "GET /api/v1/pupils/{misId}/standing", "GET /api/v1/activities/{id:guid}",
            "GET /api/v1/photos/{id:guid}/certificate", "GET /photos/{id:guid}", "GET /pupils/{misId}",
        ];
        foreach (var (row, asker) in from row in RouteRows.All.Where(row => routes.Contains(row.Route))
                                     from asker in school.Askers.Where(one => one.Name == "office of another school" || (one.Name == "teacher of 9Z" && row.OfPhoto))
                                     where Expected.Of(row, asker, true, school.Photos[0]) == Outcome.NotThere
                                     select (row, asker))
        {
            var (ours, never) = (new List<double>(), new List<double>());
            for (var nth = 0; nth < Probes; nth++)
            {
                // Who comes first takes turns, too.
                foreach (var there in nth % 2 == 0 ? (bool[])[true, false] : [false, true])
                {
                    var clock = Stopwatch.GetTimestamp();
                    await asking.SendAsync(row, asker, there, there && row.OfPhoto ? school.Photos[0].Id : null);
                    (there ? ours : never).Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
                }
            }
            LongRun.Tell(new { part = "timing", row.Route, asker = asker.Name, thereMs = Median(ours), neverThereMs = Median(never), ratio = Median(ours) / Median(never) });
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
