using System.Reflection;
using PhotoGuard.Records.Staff;
using static PhotoGuard.Records.NeedToKnow.Relation;
using static PhotoGuard.Records.Staff.Role;

namespace PhotoGuard.Records.NeedToKnow;

/// <summary>
/// The table of need to know (P14): everything that may be done, who may, and what others are told. Operations, pages and the navigation ask
/// it; docs/need-to-know.md and the tests' matrix are made from it, with the routes of <c>api/NeedToKnow/RouteRows.cs</c>. Everything is
/// of one school: of another one's records nothing is known to anybody.
/// </summary>
public static class Rights
{
    // Without and with signing in.
    public static Right Anybody { get; } = new("be asked by anybody, without signing in", "", Anyone());
    public static Right SignedIn { get; } = new("use what is one's own", "", Anyone());

    // Pictures: who knows of one. While one is held, nobody stands in any other relation to it.
    public static Right KnowPhoto { get; } = new("know of a picture", "", [.. Anyone(Uploader), .. Of(Teaches, Teacher), .. Of(Screener, Office, Head),
        .. Of(Publicity, Editor), .. Of(Held, Safeguarding)]) { HiddenAs = "picture" };
    public static Right LookAtPhoto { get; } = new("look at a picture", "", [.. Anyone(Uploader), .. Of(Teaches, Teacher), .. Of(Screener, Office, Head),
        .. Of(Held, Safeguarding)]) { HiddenAs = "picture", Besides = "nobody looks at one reported as indecent" };
    public static Right RescuePhoto { get; } = new("see what a no hides while it can be rescued", "", Of(Screener)) { HiddenAs = "picture" };
    public static Right SeeNames { get; } = new("see by name who is in a picture", "", Of(Teacher, Screener, Office, Head, Safeguarding));
    public static Right SeeWhy { get; } = new("see why a child is not cleared", "", Of(Office, Safeguarding));

    // Pictures: what is done with one.
    public static Right SendPhoto { get; } = new("send a picture", "Your role does not upload pictures.", Of(Teacher, Screener, Office, Head))
        { Besides = "from a device of the school, unless its switches say otherwise" };
    public static Right SendAgain { get; } = new("send again what was destroyed", "", Of(Screener)) { Besides = "everyone else gets 409" };
    public static Right NamePupils { get; } = new("say who is in a picture",
        "Only the person who uploaded a picture, or a screener, can say who is in it.", [.. Anyone(Uploader), .. Of(Screener)]);
    public static Right DescribePhoto { get; } = new("describe a picture",
        "Only the uploader, a screener or the website editor can describe a picture.", [.. Anyone(Uploader), .. Of(Screener, Editor)]);
    public static Right RedactPhoto { get; } = new("redact a picture",
        "Only the person who uploaded a picture, or a screener, can redact it.", [.. Anyone(Uploader), .. Of(Screener)]) { NotWhileHeld = true };
    public static Right TakeBackPhoto { get; } = new("take a picture back", "Only the person who uploaded a picture can take it back.", Anyone(Uploader))
        { Besides = "until it is screened" };
    public static Right ScreenPhoto { get; } = new("screen pictures", "Only senior leadership can screen pictures.", Of(Screener))
        { NotWhileHeld = true, Except = new("own-picture", 403, "Somebody else has to screen a picture that you uploaded.", Uploader) };
    public static Right ErasePhoto { get; } = new("have a picture erased", "Only the office and the head can have a picture erased.", Of(Office, Head));
    public static Right ReportPhoto { get; } = new("report a picture", "", KnowPhoto.Grants) { HiddenAs = "picture" };

    // Holds.
    public static Right HoldPhoto { get; } = new("hold a picture", "Only the safeguarding lead can do this.", Of(Safeguarding));
    public static Right SeeHolds { get; } = new("see which pictures are held", "Holds are for the safeguarding lead and the head.", Of(Safeguarding, Head));
    public static Right SeeHeldWhy { get; } = new("see why and what a picture is held for", "", Of(Safeguarding));
    public static Right ReleaseHold { get; } = new("release a hold", "", Of(Safeguarding, Head)) { HiddenAs = "hold", Besides = "two different people" };
    public static Right ReviewHold { get; } = new("review a hold", "Only the safeguarding lead reviews a hold.", Of(Safeguarding)) { First = ReleaseHold };
    public static Right ExportForPolice { get; } = new("hand what is held to the police", "", Of(Safeguarding, Head))
        { HiddenAs = "picture", Besides = "two different people; taken by one of them, once" };

    // Giving pictures out, and getting copies back.
    public static Right Publish { get; } = new("take pictures that are cleared on a channel, and say where they were put",
        "The school lets only certain roles publish pictures; yours is not one of them.", Anyone(Publishes))
        { NotWhileHeld = true, ChannelTokens = true, Besides = "a token made for one channel: on that one alone" };
    public static Right SeeRemovals { get; } = new("see what still has to disappear",
        "Only the office, the website editor and the head see the list of removals.", Of(Office, Editor, Head));
    public static Right SeeRemovalCause { get; } = new("see that an answer is why it has to", "", Of(Office, Head));
    public static Right ProveRemoval { get; } = new("say that a copy is down",
        "Only the office, the website editor or the head can say that a copy is down.", Of(Office, Editor, Head));
    public static Right SeeCertificate { get; } = new("see a certificate of deletion",
        "Only the office, the head and the safeguarding lead see certificates of deletion.", Of(Office, Head, Safeguarding));

    // Activities.
    public static Right SeeActivities { get; } = new("see activities",
        "Activities are seen by teachers, senior leadership and the office.", Of(Teacher, Screener, Head, Office));
    public static Right StartActivity { get; } = new("start an activity", "Only teachers can start an activity.", Of(Teacher));
    public static Right ApproveActivity { get; } = new("approve an activity", "Only senior leadership can approve an activity.", Of(Screener, Head))
        { Except = new("own-activity", 403, "Somebody else has to approve an activity that you started.", Creator) };

    // Pupils.
    public static Right SeePupils { get; } = new("see the list of pupils",
        "The list of pupils is for the office, teachers, screeners and the safeguarding lead.", Of(Office, Teacher, Screener, Safeguarding));
    public static Right KeepPupils { get; } = new("keep the list of pupils, birthdays included", "Only the office keeps the list of pupils.", Of(Office));
    public static Right KeepGuardians { get; } = new("keep the list of guardians", "Only the office keeps the list of guardians.", Of(Office));
    public static Right KeepConsents { get; } = new("keep the consent records", "Only the office keeps the consent records.", Of(Office));
    public static Right SeeStanding { get; } = new("see where a pupil may be shown",
        "Where a pupil may be shown is for the office, the safeguarding lead and teachers.", Of(Office, Safeguarding, Teacher));
    public static Right BlockPupil { get; } = new("block pictures of a pupil",
        "Only the safeguarding lead can block pictures of a pupil.", Of(Safeguarding));
    public static Right SeeBlock { get; } = new("see why a pupil is blocked", "", Of(Safeguarding)) { HiddenAs = "block" };
    public static Right ErasePupil { get; } = new("have a pupil's records erased", "Only the office can have a pupil's records erased.", Of(Office))
        { System = true };

    // Running it.
    public static Right SeePeople { get; } = new("see who works here", KeepersOnly, [.. Of(Head, Ict), .. Anyone(Self)]) { System = true };
    public static Right KeepPeople { get; } = new("keep the lists of people and devices", KeepersOnly, Of(Ict)) { System = true };
    public static Right RunPurge { get; } = new("run a purge", "Only the ICT lead and the head can run a purge.", Of(Ict, Head))
        { System = true, Besides = "two different people let a stopped one go on" };
    public static Right KeepLifetimes { get; } = new("say how long records live", "How long records live is for the head and the ICT lead.", Of(Head, Ict));
    public static Right ApproveRestore { get; } = new("let restored records serve",
        "Only the ICT lead and the head can say that restored records may serve.", Of(Ict, Head)) { Besides = "two different people" };
    public static Right SeeHowItRuns { get; } = new("see how the system runs", "How the system runs is for the ICT lead.", Of(Ict));
    public static Right ReadAudit { get; } = new("read the audit",
        "The audit is read by the head, the safeguarding lead and the ICT lead.", Of(Head, Safeguarding, Ict));

    public static Right SeeAuditSubjects { get; } = new("see in the audit which child or picture somebody looked at", "", Of(Head, Safeguarding));
    public static Right SeeLooks { get; } = new("see who looked at what, and unusual looking",
        "Who looked at what is for the safeguarding lead and the head.", Of(Safeguarding, Head));

    public static Right AnswerAlarm { get; } = new("say what came of unusual looking", "", Of(Safeguarding, Head))
        { HiddenAs = "alarm", Besides = "nobody of their own" };

    private const string KeepersOnly = "Only the ICT lead keeps the lists of people and devices.";

    /// <summary>Every row, in the order above.</summary>
    public static IReadOnlyList<Right> All { get; } = [.. typeof(Rights).GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Where(row => row.PropertyType == typeof(Right)).OrderBy(row => row.MetadataToken).Select(row => (Right)row.GetValue(null)!)];

    private static Grant[] Of(params Role[] roles) => Of(Relation.School, roles);

    private static Grant[] Of(Relation to, params Role[] roles) => [new(roles, to)];

    private static Grant[] Anyone(Relation to = Relation.School) => [new([], to)];
}
