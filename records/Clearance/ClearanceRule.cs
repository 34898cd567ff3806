using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Screening;

namespace PhotoGuard.Records.Clearance;

/// <summary>Law 2: a photo is visible on a channel only while everything the policy asks allows it now. Facts in, reasons out.</summary>
public static class ClearanceRule
{
    /// <summary>The clearance on every channel.</summary>
    public static IReadOnlyDictionary<Channel, ChannelClearance> Of(PhotoFacts facts) =>
        Channels.All.ToDictionary(channel => channel, channel => Of(facts, channel));

    public static ChannelClearance Of(PhotoFacts facts, Channel channel) =>
        new(channel, [.. PictureReasons(facts, channel)], [.. facts.Pupils.SelectMany(pupil => PupilReasons(pupil.Standing, channel))]);

    /// <summary>Whether nothing stands against it.</summary>
    public static bool IsCleared(PhotoFacts facts, Channel channel) =>
        !PictureReasons(facts, channel).Any() && facts.Pupils.All(pupil => IsCleared(pupil.Standing, channel));

    /// <summary>Whether a pupil stands against no picture on a channel.</summary>
    public static bool IsCleared(PupilStanding pupil, Channel channel) => !PupilReasons(pupil, channel).Any();

    private static IEnumerable<ClearanceReason> PictureReasons(PhotoFacts facts, Channel channel)
    {
        if (facts.Screening?.Decision is null or ScreeningState.Pending)
            yield return ClearanceReason.Unscreened;
        if (facts.Screening?.Decision == ScreeningState.Rejected)
            yield return ClearanceReason.Rejected;
        if (!facts.Photo.NobodyElse)
            yield return ClearanceReason.NotLinked;
        if (facts.Approval is null)
            yield return ClearanceReason.ActivityNotApproved;
        if (facts.Approval == Approval.Declined)
            yield return ClearanceReason.ActivityDeclined;
        if (channel != Channel.Internal && !facts.ActivityChannels.Contains(channel))
            yield return ClearanceReason.ChannelNotOfActivity;
        if (RetentionRule.IsDue(facts.Photo.DeleteAfter, facts.Now))
            yield return ClearanceReason.OutOfDate;
        if (facts.Held)
            yield return ClearanceReason.Held;
        if (facts.BeingRemoved)
            yield return ClearanceReason.BeingRemoved;
    }

    // internal is the root: a pupil who does not stand there is shown nowhere.
    private static IEnumerable<PupilReason> PupilReasons(PupilStanding pupil, Channel channel) =>
        new[] { Channel.Internal, channel }.Distinct()
            .SelectMany(where => pupil.Channels[where].Reasons.Select(reason => new PupilReason(pupil.PupilId, where, reason)));
}

/// <summary>Whether a photo may be seen on a channel, and if not, every reason.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Picture">What stands against the picture.</param>
/// <param name="Children">What stands against the pupils in it; for office and safeguarding only.</param>
public sealed record ChannelClearance(
    Channel Channel, IReadOnlyList<ClearanceReason> Picture, IReadOnlyList<PupilReason> Children)
{
    public bool Cleared => Picture.Count == 0 && Children.Count == 0;

    /// <summary>
    /// The reasons as words, each once. What concerns a child becomes <c>pupil-not-cleared</c> for who may not see it; for who may, a
    /// reason on the root reads <c>internal-…</c> where another channel was asked for.
    /// </summary>
    /// <param name="maySeeChildren">Office or safeguarding.</param>
    public IReadOnlyList<string> ReasonsFor(bool maySeeChildren)
    {
        var children = maySeeChildren
            ? Children.Select(child => (child.Channel == Channel ? "" : "internal-") + child.Reason.Word())
            : Children.Select(_ => ClearanceReason.PupilNotCleared.Word());
        return [.. Picture.Select(reason => reason.Word()).Concat(children.Distinct())];
    }
}
