using System.Text.Json;
using PhotoGuard.Records.Consent;

namespace PhotoGuard.Records.Clearance;

/// <summary>Why a picture is not cleared on a channel. Goes to all who may see the photo (contract, Reasons).</summary>
public enum ClearanceReason
{
    /// <summary>Nobody has screened it (P8).</summary>
    Unscreened,

    /// <summary>A screener rejected it.</summary>
    Rejected,

    /// <summary>Nobody has said that no further recognisable person is in it.</summary>
    NotLinked,

    /// <summary>Leadership has not approved the activity (P2).</summary>
    ActivityNotApproved,

    /// <summary>Leadership declined the activity.</summary>
    ActivityDeclined,

    /// <summary>The activity was not approved for this channel (P7).</summary>
    ChannelNotOfActivity,

    /// <summary><c>deleteAfter</c> is past (P10).</summary>
    OutOfDate,

    /// <summary>A concern or a hold stands (P16).</summary>
    Held,

    /// <summary>A removal of our own copy is open.</summary>
    BeingRemoved,

    /// <summary>What everyone but office and safeguarding is told about the children in it.</summary>
    PupilNotCleared,
}

/// <summary>What stands against one pupil.</summary>
/// <param name="PupilId">The pupil.</param>
/// <param name="Channel">Where: the channel asked for, or <c>internal</c>, the root of all.</param>
/// <param name="Reason">Why.</param>
public sealed record PupilReason(Guid PupilId, Channel Channel, StandingReason Reason);

/// <summary>Reasons as the words of the contract: <c>pupil-not-cleared</c>, <c>guardian-no</c>.</summary>
public static class ReasonWords
{
    public static string Word(this ClearanceReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());

    public static string Word(this StandingReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());

    /// <summary>The reason as a sentence for everyone who may see the photo.</summary>
    public static string Sentence(this ClearanceReason reason) => reason switch
    {
        ClearanceReason.Unscreened => "Nobody has screened this picture yet. Ask a screener.",
        ClearanceReason.Rejected => "A screener rejected this picture.",
        ClearanceReason.NotLinked => "Nobody has said who is in this picture. Tap everyone in it, then say that nobody else is.",
        ClearanceReason.ActivityNotApproved => "The activity is not approved yet. Ask the school's leadership.",
        ClearanceReason.ActivityDeclined => "The school's leadership declined this activity.",
        ClearanceReason.ChannelNotOfActivity => "The activity was not planned for this use.",
        ClearanceReason.OutOfDate => "This picture has reached the end of its time and is being deleted.",
        ClearanceReason.Held => "This picture is locked. Ask the safeguarding lead.",
        ClearanceReason.BeingRemoved => "This picture is being removed.",
        ClearanceReason.PupilNotCleared => "A pupil in this picture may not be shown here. Ask the school office.",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
