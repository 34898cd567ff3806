using System.Collections.Concurrent;
using PhotoGuard.Api.NeedToKnow;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>A difference between what the table says and what the service answers.</summary>
public sealed record Leak(string Route, string Asker, string Of, string What);

/// <summary>
/// Every route, asked by everybody for everything: what the table says against what the service answers, and where it says "not there", that
/// nothing tells this from what was never there, whatever header is sent along.
/// </summary>
public sealed class Matrix(AskedSchool school, bool whole)
{
    private static readonly (string Name, string Value)[] Oracles =
        [("HEAD", ""), ("Range", "bytes=0-0"), ("If-None-Match", "*"), ("If-Match", "\"x\""), ("If-Modified-Since", "Wed, 01 Jan 2025 00:00:00 GMT")];

    private readonly Asking asking = new(school);
    private readonly ConcurrentDictionary<string, int> cells = new();
    private readonly ConcurrentDictionary<string, bool> told = new();

    public ConcurrentBag<Leak> Leaks { get; } = [];

    /// <summary>What nobody was told, so that nothing can be said of who else was.</summary>
    public IEnumerable<string> Untold => school.Secrets.Select(secret => secret.Text).Where(text => !told.ContainsKey(text));

    /// <summary>By route.</summary>
    public IReadOnlyDictionary<string, int> Cells => cells;

    public Task RunAsync() => Parallel.ForEachAsync(school.Askers.Index(), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (one, _) =>
    {
        foreach (var (nth, row) in RouteRows.All.Index().Where(row => row.Item.Right != Rights.Anybody)) await AskAsync(row, one.Item, nth + one.Index);
    });

    private async Task AskAsync(RouteRow row, Asker asker, int turn)
    {
        if (!row.OfRecord)
        {
            await CellAsync(row, asker, true, null, turn);
            return;
        }
        // The quick run takes turns with the states of pictures, so that each is asked of each route by somebody; and what was never there.
        var photos = whole ? school.Photos : [school.Photos[turn % school.Photos.Count], school.Photos[(turn + 5) % school.Photos.Count]];
        if (row.OfPhoto)
            foreach (var photo in photos) await CellAsync(row, asker, true, photo, turn);
        else if (row.Path is not "/operations") await CellAsync(row, asker, true, null, turn);
        if (whole || turn % 4 == 0) await CellAsync(row, asker, false, null, turn);
    }

    private async Task CellAsync(RouteRow row, Asker asker, bool there, PhotoAsked? photo, int turn)
    {
        // Restores are of the whole service: whichever school's people may say so.
        if (row.Right == Rights.ApproveRestore && !asker.Ours) asker = asker with { Ours = true };
        // Media are shown to a session as well.
        if (asker.WrongDoor && !row.IsPage && row.Path.EndsWith("/{name}", StringComparison.Ordinal)) return;
        var expected = Expected.Of(row, asker, there, photo);
        if (expected == Outcome.Allowed && Asking.EndsSession(row)) return;
        var id = (asker.Name == "head" ? photo?.ForHead : null) ?? photo?.Id;
        if (expected == Outcome.Allowed && Asking.Destroys(row))
        {
            if (photo?.Name != "untagged" && photo?.Name != "of a screener") return;
            id = await school.FreshAsync(asker);
        }
        cells.AddOrUpdate(row.Route, 1, (_, count) => count + 1);

        var of = photo?.Name ?? (there ? "ours" : "never there");
        Reply reply;
        try
        {
            reply = await asking.SendAsync(row, asker, there, id);
        }
        catch (InvalidOperationException error)
        {
            Leaks.Add(new(row.Route, asker.Name, of, error.Message));
            return;
        }
        var seen = Seen(row, reply);
        if (seen != expected) Leaks.Add(new(row.Route, asker.Name, of, $"{expected} expected, {seen} seen: {reply.Status} {Start(reply)}"));
        if (!row.IsPage && seen == Outcome.Forbidden && expected == seen && asker.Who!.Channel is null && !SaysItsSentence(row, reply))
            Leaks.Add(new(row.Route, asker.Name, of, $"says another sentence than the table: {Start(reply)}"));
        foreach (var secret in school.Secrets.Where(secret => reply.Text.Contains(secret.Text, StringComparison.Ordinal)))
            if (secret.IsTold(asker)) told[secret.Text] = true;
            else Leaks.Add(new(row.Route, asker.Name, of, $"tells {secret.Text}"));
        if (expected is not (Outcome.Allowed or Outcome.SignIn) && reply.Headers.Keys.FirstOrDefault(name => name is "ETag" or "Last-Modified" or "Accept-Ranges") is { } validator)
            Leaks.Add(new(row.Route, asker.Name, of, $"has a validator: {validator}"));
        if (there && (expected == Outcome.NotThere || (!asker.Ours && row.OfRecord && row.Right == Rights.SeeCertificate && expected == seen))) await IsAsNeverThereAsync(row, asker, photo, id, of, reply, turn);
        if (expected == Outcome.Allowed && whole && row.Method == "GET") await AnswersNoConditionAsync(row, asker, there, id, of, reply);
    }

    /// <summary>Answered alike, as it is and with every header that asks whether something is there.</summary>
    private async Task IsAsNeverThereAsync(RouteRow row, Asker asker, PhotoAsked? photo, Guid? id, string of, Reply reply, int turn)
    {
        var twin = photo is null ? (Guid?)null : Guid.CreateVersion7();
        await CompareAsync(row, asker, id, twin, of, reply, null);
        if (row.Method != "GET") return;
        foreach (var oracle in whole ? Oracles : [Oracles[turn % Oracles.Length]])
            await CompareAsync(row, asker, id, twin, of, await asking.SendAsync(row, asker, true, id, oracle), oracle);
    }

    private async Task CompareAsync(RouteRow row, Asker asker, Guid? id, Guid? twin, string of, Reply reply, (string Name, string Value)? oracle)
    {
        for (var again = 0; ; again++)
        {
            var (ours, never) = (asking.Plain(reply, asker, true, id), asking.Plain(await asking.SendAsync(row, asker, false, twin, oracle), asker, false, twin));
            if (ours == never) return;
            if (again == 2)
            {
                Leaks.Add(new(row.Route, asker.Name, of, $"is told from what was never there{(oracle is { } by ? $" by {by.Name}" : "")}: {Difference(ours, never)}"));
                return;
            }
            // What others do meanwhile stands in some pages.
            reply = await asking.SendAsync(row, asker, true, id, oracle);
        }
    }

    private async Task AnswersNoConditionAsync(RouteRow row, Asker asker, bool there, Guid? id, string of, Reply reply)
    {
        foreach (var oracle in Oracles.Skip(1))
        {
            var status = (await asking.SendAsync(row, asker, there, id, oracle)).Status;
            if (status != reply.Status) Leaks.Add(new(row.Route, asker.Name, of, $"{oracle.Name} makes {status} of {reply.Status}"));
        }
    }

    private static Outcome Seen(RouteRow row, Reply reply) => reply switch
    {
        { Status: 401 } => Outcome.SignIn,
        { Status: 302 or 303 } when row.IsPage && reply.Headers["Location"].StartsWith("/sign-in", StringComparison.Ordinal) => Outcome.SignIn,
        // A right to do it, and nothing to do it to.
        { Status: 404 } when reply.Text.Contains("There is no such block.", StringComparison.Ordinal)
            || reply.Text.Contains("There is no such school account.", StringComparison.Ordinal) => Outcome.Allowed,
        { Status: 410 } when reply.Text.Contains("Please begin again.", StringComparison.Ordinal) => Outcome.Allowed,
        { Status: 403, Problem: "device-needed" } => Outcome.Allowed,
        { Status: 403 } => Outcome.Forbidden,
        { Status: 404 } => Outcome.NotThere,
        { Status: 410 } => Outcome.Gone,
        _ => Outcome.Allowed,
    };

    private static bool SaysItsSentence(RouteRow row, Reply reply) => reply.Json.GetProperty("detail").GetString() is { } said
        && (said == row.Right.Sentence || (row.Right.Except is { } but && said == but.Sentence && reply.Problem == but.Type));

    private static string Start(Reply reply) => reply.Text[..Math.Min(160, reply.Text.Length)].ReplaceLineEndings(" ");

    private static string Difference(string one, string other)
    {
        var at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"…{Part(one)}… / …{Part(other)}…";

        string Part(string text) => text.Substring(Math.Max(0, Math.Min(at, text.Length) - 30), Math.Min(90, text.Length - Math.Max(0, Math.Min(at, text.Length) - 30))).ReplaceLineEndings(" ");
    }
}
