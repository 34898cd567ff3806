using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.Pages;

/// <summary>Something a person comes here to do.</summary>
/// <param name="Right">Whose errand it is. The operations behind the page ask again.</param>
public sealed record Errand(string Title, string Path, string Words, Right Right)
{
    public static IReadOnlyList<Errand> All { get; } =
    [
        new("Activities", "/activities", "Start an activity, send its pictures and say who is in them.", Rights.StartActivity),
        new("Activities", "/activities", "Approve or decline what is planned.", Rights.ApproveActivity),
        new("Activities", "/activities", "See what is photographed and why.", Rights.SeeActivities),
        new("Screening", "/screening", "Look at new pictures before anybody uses them.", Rights.ScreenPhoto),
        new("Pupils", "/pupils", "Find a pupil, see where pictures may be shown, record an answer.", Rights.KeepPupils),
        new("Pictures to use", "/channels", "See and download what is cleared for each use.", Rights.Publish),
        new("To take down", "/removals", "Copies outside that have to disappear.", Rights.SeeRemovals),
        new("Locked pictures", "/holds", "Concerns, holds and their release.", Rights.SeeHolds),
        new("Who looked", "/access", "Unusual looking, and who opened a picture or a pupil's record.", Rights.SeeLooks),
        new("Blocked pupils", "/blocks", "Block pictures of a pupil, or lift a block.", Rights.BlockPupil),
        new("Deletion runs", "/purges", "Count what is due, and let a stopped run go on.", Rights.RunPurge),
        new("People", "/people", "Add people, give out sign-in links.", Rights.KeepPeople),
        new("Devices", "/devices", "Enrol iPads, see when they were used last, revoke them.", Rights.KeepPeople),
        new("Programs", "/tokens", "Give a website or another program access, see what is used, take it away.", Rights.KeepPeople),
        new("How it runs", "/operations", "Stuck work, open removals, the last deletion run.", Rights.SeeHowItRuns),
    ];

    /// <summary>What this person can do, each path once.</summary>
    /// <param name="publishing">The roles that the school lets publish.</param>
    public static IEnumerable<Errand> Of(Actor who, IReadOnlyList<Role> publishing)
    {
        var to = Deliveries.RelationTo(who, publishing);
        return All.Where(errand => errand.Right.Allows(who, to)).DistinctBy(errand => errand.Path);
    }
}
