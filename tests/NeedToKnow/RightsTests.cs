using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>
/// The table says what the policies and the contract say, written down here once more: everything else of these tests is computed from the table.
/// </summary>
public sealed class RightsTests
{
    private const string All = "teacher screener office editor safeguarding head ict";

    /// <summary>By role alone; after a colon, by the relation that is named.</summary>
    private static readonly Dictionary<string, string[]> Policies = new()
    {
        ["Anybody"] = [All], ["SignedIn"] = [All],
        ["KnowPhoto"] = ["screener office head", $"Uploader: {All}", "Teaches: teacher", "Publicity: editor", "Held: safeguarding"],
        ["LookAtPhoto"] = ["screener office head", $"Uploader: {All}", "Teaches: teacher", "Held: safeguarding"],
        ["ReportPhoto"] = ["screener office head", $"Uploader: {All}", "Teaches: teacher", "Publicity: editor", "Held: safeguarding"],
        ["RescuePhoto"] = ["screener"], ["SeeNames"] = ["teacher screener office safeguarding head"], ["SeeWhy"] = ["office safeguarding"],
        ["SendPhoto"] = ["teacher screener office head"], ["SendAgain"] = ["screener"],
        ["NamePupils"] = ["screener", $"Uploader: {All}"], ["DescribePhoto"] = ["screener editor", $"Uploader: {All}"],
        ["RedactPhoto"] = ["screener", $"Uploader: {All}"], ["TakeBackPhoto"] = ["", $"Uploader: {All}"],
        ["ScreenPhoto"] = ["screener"], ["ErasePhoto"] = ["office head"],
        ["HoldPhoto"] = ["safeguarding"], ["SeeHolds"] = ["safeguarding head"], ["SeeHeldWhy"] = ["safeguarding"],
        ["ReleaseHold"] = ["safeguarding head"], ["ReviewHold"] = ["safeguarding"], ["ExportForPolice"] = ["safeguarding head"],
        ["Publish"] = ["", $"Publishes: {All}"], ["SeeRemovals"] = ["office editor head"], ["SeeRemovalCause"] = ["office head"],
        ["ProveRemoval"] = ["office editor head"], ["SeeCertificate"] = ["office safeguarding head"],
        ["SeeActivities"] = ["teacher screener office head"], ["StartActivity"] = ["teacher"], ["ApproveActivity"] = ["screener head"],
        ["SeePupils"] = ["teacher screener office safeguarding"], ["KeepPupils"] = ["office"], ["KeepGuardians"] = ["office"],
        ["KeepConsents"] = ["office"], ["SeeStanding"] = ["teacher office safeguarding"], ["BlockPupil"] = ["safeguarding"],
        ["SeeBlock"] = ["safeguarding"], ["ErasePupil"] = ["office"], ["SeePeople"] = ["head ict", $"Self: {All}"], ["KeepPeople"] = ["ict"],
        ["RunPurge"] = ["head ict"], ["KeepLifetimes"] = ["head ict"], ["ApproveRestore"] = ["head ict"], ["SeeHowItRuns"] = ["ict"],
        ["ReadAudit"] = ["safeguarding head ict"], ["SeeAuditSubjects"] = ["safeguarding head"], ["SeeLooks"] = ["safeguarding head"], ["AnswerAlarm"] = ["safeguarding head"],
    };

    [Fact]
    public void The_table_says_what_the_policies_say() => Assert.All(Rights.All, right =>
        Assert.Equal(Policies[right.Name], (string[])[Roles(right, Relation.School), .. Enum.GetValues<Relation>().Where(to => to is not (Relation.None or Relation.School))
            .Select(to => (To: to, Roles: Roles(right, to))).Where(one => one.Roles.Length > 0).Select(one => $"{one.To}: {one.Roles}")]));

    [Fact]
    public void Nobody_judges_what_is_their_own()
    {
        var screener = new Actor(ActorKind.Person, Guid.Empty, [Role.Screener]);
        Assert.Equal("own-picture", Assert.Throws<Refusal>(() => Rights.ScreenPhoto.Must(screener, Relation.School | Relation.Uploader)).Type);
        Assert.Equal("own-activity", Assert.Throws<Refusal>(() => Rights.ApproveActivity.Must(screener, Relation.School | Relation.Creator)).Type);
    }

    [Fact]
    public void A_token_for_one_channel_publishes_and_nothing_else()
    {
        var program = new Actor(ActorKind.Program, Guid.Empty, Enum.GetValues<Role>(), Guid.Empty, null, Channel.Website);
        Assert.Equal([Rights.Publish], Rights.All.Where(right => Enum.GetValues<Relation>().Any(to => right.Allows(program, to))));
    }

    [Fact]
    public void The_system_does_of_it_what_a_command_line_and_a_night_need() => Assert.Equal(
        (string[])["ErasePupil", "SeePeople", "KeepPeople", "RunPurge"], Rights.All.Where(right => right.Allows(Actor.System)).Select(right => right.Name));

    /// <summary>Who may in this relation and in no other.</summary>
    private static string Roles(Right right, Relation to) => string.Join(' ', Enum.GetValues<Role>()
        .Where(role => right.Allows(new Actor(ActorKind.Person, Guid.Empty, [role]), to)).Select(Words.Of));
}
