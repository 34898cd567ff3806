using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages;

/// <summary>Something a person comes here to do.</summary>
/// <param name="Roles">Whose errand it is. The operations behind the page ask again.</param>
public sealed record Errand(string Title, string Path, string Words, params Role[] Roles)
{
    public static IReadOnlyList<Errand> All { get; } =
    [
        new("Activities", "/activities", "Start an activity, send its pictures and say who is in them.", Role.Teacher),
        new("Activities", "/activities", "Approve or decline what is planned.", Role.Screener, Role.Head),
        new("Activities", "/activities", "See what is photographed and why.", Role.Office),
        new("Screening", "/screening", "Look at new pictures before anybody uses them.", Role.Screener),
        new("Pupils", "/pupils", "Find a pupil, see where pictures may be shown, record an answer.", Role.Office),
        new("Pictures to use", "/channels", "See and download what is cleared for each use.", Role.Editor),
        new("To take down", "/removals", "Copies outside that have to disappear.", Role.Office, Role.Editor, Role.Head),
        new("Locked pictures", "/holds", "Concerns, holds and their release.", Role.Safeguarding, Role.Head),
        new("Who looked", "/access", "Unusual looking, and who opened a picture or a pupil's record.", Role.Safeguarding, Role.Head),
        new("Blocked pupils", "/blocks", "Block pictures of a pupil, or lift a block.", Role.Safeguarding),
        new("Deletion runs", "/purges", "Count what is due, and let a stopped run go on.", Role.Head, Role.Ict),
        new("People and devices", "/people", "Add people and iPads, give out sign-in links.", Role.Ict),
        new("Programs", "/tokens", "Give a website or another program access, see what is used, take it away.", Role.Ict),
        new("How it runs", "/operations", "Stuck work, open removals, the last deletion run.", Role.Ict),
    ];

    /// <summary>What this person can do, each path once.</summary>
    public static IEnumerable<Errand> Of(Actor who) =>
        All.Where(errand => who.IsAny(errand.Roles)).DistinctBy(errand => errand.Path);
}
