using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Records.Consent;

/// <summary>policies.md, Standing: may this pupil be shown on this channel today? Rows in, decision with reasons out.</summary>
public static class ConsentStanding
{
    /// <param name="pupil">The pupil.</param>
    /// <param name="answers">Every answer for the pupil, those in error included; other pupils' are passed over.</param>
    /// <param name="blocked">A safeguarding block stands.</param>
    /// <param name="channel">Where the pupil would be shown.</param>
    /// <param name="today">The date in the school's zone.</param>
    /// <param name="switches">The school's switches.</param>
    public static Standing Of(
        Pupil pupil, IReadOnlyCollection<ConsentAnswer> answers, bool blocked, Channel channel, DateOnly today,
        PolicySwitches switches)
    {
        var people = new ConsentStandingPeople(answers.Where(answer => answer.PupilId == pupil.Id && answer.Channel == channel));
        var reasons = new SortedSet<StandingReason>();

        if (people.Of(AnswererKind.Guardian).Any(guardian => guardian.SaysNo))
            reasons.Add(StandingReason.GuardianNo);
        else if (WhyNoYes(people, AnswererKind.Guardian, StandingReason.NoAnswer, today) is { } why)
            reasons.Add(why);

        if (people.Of(AnswererKind.Pupil).Any(self => self.SaysNo))
            reasons.Add(StandingReason.PupilNo);
        else if (channel.IsPublicity() && MustBeAsked(pupil, today, switches)
            && WhyNoYes(people, AnswererKind.Pupil, StandingReason.PupilAnswerNeeded, today) is { } why)
            reasons.Add(why);

        if (blocked)
            reasons.Add(StandingReason.Blocked);
        if (channel.IsPublicity() && switches.LeaversInternalOnly && pupil.LeftOn < today)
            reasons.Add(StandingReason.Left);

        return new([.. reasons]);
    }

    /// <summary>The standing on every channel, and what destruction asks of <c>internal</c>.</summary>
    /// <inheritdoc cref="Of"/>
    public static PupilStanding OfAll(
        Pupil pupil, IReadOnlyCollection<ConsentAnswer> answers, bool blocked, DateOnly today, PolicySwitches switches) => new(
        pupil.Id,
        Channels.All.ToDictionary(channel => channel, channel => Of(pupil, answers, blocked, channel, today, switches)),
        InternalStanding.Of(pupil.Id, answers));

    private static StandingReason? WhyNoYes(
        ConsentStandingPeople people, AnswererKind kind, StandingReason unanswered, DateOnly today)
    {
        var answered = people.Of(kind).ToArray();
        if (answered.Any(person => person.Yes is { } yes && (yes.ExpiresOn is null || today <= yes.ExpiresOn)))
            return null;
        if (answered.Any(person => person.Yes is not null))
            return StandingReason.AnswerExpired;
        return answered.Any(person => person.IsStopped) ? StandingReason.FreshAnswerNeeded : unanswered;
    }

    /// <remarks>
    /// Somebody born on 29 February is asked from 28 February in other years: the earlier day protects more. So is somebody of whom nobody
    /// can read any more when that was.
    /// </remarks>
    private static bool MustBeAsked(Pupil pupil, DateOnly today, PolicySwitches switches) =>
        pupil.DateOfBirth is not { } born || born.AddYears(switches.PupilConsentAge) <= today;
}

/// <summary>One pupil's standing everywhere.</summary>
/// <param name="PupilId">The pupil.</param>
/// <param name="Channels">Every channel.</param>
/// <param name="Internal">What destruction asks.</param>
public sealed record PupilStanding(Guid PupilId, IReadOnlyDictionary<Channel, Standing> Channels, InternalStanding Internal);
