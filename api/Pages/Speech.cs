using System.Globalization;
using PhotoGuard.Records.Access;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Work;

namespace PhotoGuard.Api.Pages;

/// <summary>The words of the records as people say them.</summary>
public static class Speech
{
    public static string Of(Channel channel) => channel switch
    {
        Channel.Internal => "Inside the school",
        Channel.Display => "Displays that visitors see",
        Channel.Newsletter => "Newsletter",
        Channel.Website => "Website",
        Channel.Social => "Social media",
        Channel.Press => "Press",
        _ => throw new ArgumentOutOfRangeException(nameof(channel)),
    };

    public static string Of(Role role) => role switch
    {
        Role.Teacher => "Teacher",
        Role.Screener => "Screener (senior leadership)",
        Role.Office => "Office",
        Role.Editor => "Website editor",
        Role.Safeguarding => "Safeguarding lead",
        Role.Head => "Head",
        Role.Ict => "ICT lead",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static string Of(SignInWay way) => way switch
    {
        SignInWay.Link => "by a one-time link",
        SignInWay.Password => "by password",
        SignInWay.Passkey => "by passkey",
        SignInWay.SchoolAccount => "by school account",
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    public static string Of(PolicyProfile profile) => profile switch
    {
        PolicyProfile.Strict => "Strict",
        PolicyProfile.WorkplacePreferred => "School equipment preferred",
        PolicyProfile.CentralStore => "Central store",
        PolicyProfile.EventPhone => "Phones at public events",
        PolicyProfile.MisConsent => "Consent held in the MIS",
        _ => throw new ArgumentOutOfRangeException(nameof(profile)),
    };

    public static string Of(Approval? approval) => approval switch
    {
        null => "Waiting for approval",
        Approval.Approved => "Approved",
        Approval.Declined => "Declined",
        _ => throw new ArgumentOutOfRangeException(nameof(approval)),
    };

    public static string Of(Answer answer) => answer switch
    {
        Answer.Given => "Yes: consent given",
        Answer.Refused => "No: refused",
        Answer.Withdrawn => "No: withdrawn",
        Answer.Objected => "No: objected",
        _ => throw new ArgumentOutOfRangeException(nameof(answer)),
    };

    public static string Of(AnswerRoute route) => route switch
    {
        AnswerRoute.Paper => "on paper",
        AnswerRoute.Online => "online",
        AnswerRoute.Email => "by e-mail",
        AnswerRoute.Phone => "by phone",
        AnswerRoute.Mis => "from the MIS",
        _ => throw new ArgumentOutOfRangeException(nameof(route)),
    };

    public static string Of(ConcernKind kind) => kind switch
    {
        ConcernKind.Distressing => "It may distress somebody",
        ConcernKind.Inappropriate => "It is inappropriate or intrusive",
        ConcernKind.Indecent => "It is indecent",
        ConcernKind.Other => "Something else",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(AlarmKind kind) => kind switch
    {
        AlarmKind.Numbers => "looked at very many in a short time",
        AlarmKind.Hours => "looked at many at night or on a weekend",
        AlarmKind.Refused => "asked again and again for pictures that are not theirs",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Of(AlarmKind kind, int looks) =>
        kind == AlarmKind.Refused ? Count(looks, "refused opening", "refused openings") : Count(looks, "picture or pupil", "pictures and pupils");

    public static string Of(RemovalCause cause) => cause switch
    {
        RemovalCause.InternalNo => "A no to keeping the picture at all",
        RemovalCause.Erasure => "Erasure was asked for",
        RemovalCause.Rejected => "Rejected at screening",
        RemovalCause.WithdrawnByUploader => "Taken back by the person who sent it",
        RemovalCause.TagTimeout => "A pupil in it has no consent, and nobody corrected that in time",
        RemovalCause.UntaggedTimeout => "Nobody said in time who is in it",
        RemovalCause.KeyGone => "Its key was destroyed after the backup that was restored",
        RemovalCause.Retention => "Its time is up",
        RemovalCause.ChannelNotCleared => "No longer cleared for this use",
        _ => throw new ArgumentOutOfRangeException(nameof(cause)),
    };

    public static string Of(PurgeState state) => state switch
    {
        PurgeState.Running => "Running",
        PurgeState.Stopped => "Stopped: two people have to agree",
        PurgeState.Done => "Done",
        PurgeState.Failed => "Failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Of(BackupOf what) => what switch
    {
        BackupOf.Records => "backup",
        BackupOf.Keys => "copy of the keys",
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    public static string Of(StopReason reason) => reason switch
    {
        StopReason.Count => "unusually many",
        StopReason.Clock => "the clock was moved",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Of(Decoding decoding) => decoding switch
    {
        Decoding.Sandboxed => "decoded in a sandbox",
        Decoding.Unsandboxed => "decoded WITHOUT a sandbox",
        Decoding.Off => "not decoded",
        _ => throw new ArgumentOutOfRangeException(nameof(decoding)),
    };

    /// <summary>Work that can be set aside, by its kind.</summary>
    public static string OfWork(string kind) => kind switch
    {
        WorkKinds.Render => "Small sizes of a picture",
        WorkKinds.RenderPrint => "Print size of a picture",
        WorkKinds.Redact => "Redaction of a picture",
        WorkKinds.Remove => "Destruction of a picture",
        _ => kind,
    };

    /// <summary>e.g. 22 November 2026.</summary>
    public static string Of(DateOnly day) => day.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>e.g. 22 November 2026, 14:05, in the school's zone.</summary>
    public static string Of(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <summary>e.g. "3 days", "less than an hour".</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{(int)age.TotalDays} days",
        { TotalHours: >= 2 } => $"{(int)age.TotalHours} hours",
        { TotalHours: >= 1 } => "an hour",
        _ => "less than an hour",
    };

    /// <summary>e.g. "1 picture", "12 pictures".</summary>
    public static string Count(int number, string one, string many) =>
        number == 1 ? $"1 {one}" : $"{number.ToString(CultureInfo.InvariantCulture)} {many}";
}
