using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Records.Removal;

/// <summary>A photo is to be destroyed.</summary>
/// <param name="Cause">Why.</param>
/// <param name="NotBefore">When its time is up; may lie in the future.</param>
/// <param name="Since">Since when that is waited for; the same where nothing is waited for.</param>
public sealed record Destruction(RemovalCause Cause, DateTimeOffset NotBefore, DateTimeOffset Since);

/// <summary>
/// Which cause destroys a photo, and when, from records alone (policies.md, Holding). Erasure and withdrawal by the uploader are
/// acts of a person: they open their removal themselves.
/// </summary>
public static class DestructionRule
{
    /// <summary>The earliest of the causes; null while a hold stands, which beats every deletion.</summary>
    public static Destruction? Due(PhotoFacts facts, PolicySwitches switches) => facts.Held
        ? null
        : Causes(facts, switches).Append(new(RemovalCause.Retention, facts.Photo.DeleteAfter, facts.Photo.TakenAt)).MinBy(due => (due.NotBefore, due.Cause));

    /// <summary>
    /// The earliest cause but <c>deleteAfter</c>, which is the purge's alone: only its brake may let that one through.
    /// </summary>
    public static Destruction? DueBeforeRetention(PhotoFacts facts, PolicySwitches switches) => facts.Held
        ? null
        : Causes(facts, switches).MinBy(due => (!facts.IsOver(due), due.NotBefore, due.Cause));

    /// <summary>
    /// A no on <c>internal</c> came after its pupil was tagged: hidden from everyone but a screener whose rescue is still open.
    /// </summary>
    public static bool HiddenByInternalNo(PhotoFacts facts) => InternalNoes(facts).Any();

    /// <summary>Until when a screener may rescue what <see cref="HiddenByInternalNo"/> hides; null where nothing hides it.</summary>
    public static DateTimeOffset? RescueUntil(PhotoFacts facts, PolicySwitches switches) =>
        InternalNoes(facts).Select(no => (DateTimeOffset?)no.EffectiveAt.AddDays(RescueDays(facts, switches))).Min();

    /// <summary>When somebody is reminded to say who is in the photo; null once that is said.</summary>
    public static DateTimeOffset? RemindAt(PhotoFacts facts, PolicySwitches switches) =>
        UntaggedSince(facts)?.AddDays(switches.UntaggedReminderDays);

    private static IEnumerable<Destruction> Causes(PhotoFacts facts, PolicySwitches switches)
    {
        foreach (var no in InternalNoes(facts))
            yield return new(RemovalCause.InternalNo, no.EffectiveAt.AddDays(RescueDays(facts, switches)), no.EffectiveAt);
        foreach (var pupil in facts.Pupils)
            foreach (var since in WronglyTaggedSince(pupil))
                yield return new(RemovalCause.TagTimeout, since.AddDays(switches.TagCorrectionDays), since);
        if (UntaggedSince(facts) is { } untagged)
            yield return new(RemovalCause.UntaggedTimeout, untagged.AddDays(switches.UntaggedDestroyDays), untagged);
        if (facts.Screening is { Decision: ScreeningState.Rejected, DecidedAt: var rejectedAt })
            yield return new(RemovalCause.Rejected, rejectedAt.AddSeconds(switches.RejectionUndoSeconds), rejectedAt);
    }

    private static IEnumerable<StandingNo> InternalNoes(PhotoFacts facts) =>
        facts.Pupils.SelectMany(pupil => pupil.Standing.Internal.Noes.Where(no => no.RecordedAt >= pupil.TaggedAt));

    // Rescue is for the others in a group picture: where nobody else is in it, nothing is waited for.
    private static int RescueDays(PhotoFacts facts, PolicySwitches switches) =>
        facts.Pupils.Count > 1 || !facts.Photo.NobodyElse ? switches.RescueDays : 0;

    /// <summary>Tagged after a no, or without a yes that stood; an expired one stood.</summary>
    private static IEnumerable<DateTimeOffset> WronglyTaggedSince(TaggedPupil pupil)
    {
        var standing = pupil.Standing.Internal;
        foreach (var no in standing.Noes.Where(no => no.RecordedAt < pupil.TaggedAt))
            yield return Later(pupil.TaggedAt, no.EffectiveAt);
        // A no in error that came after the tag stops the showing; what it stopped was a true yes, so it does not destroy.
        if (standing.Yes == InternalYes.Never || (standing.Yes == InternalYes.Stopped && standing.StoppedAt <= pupil.TaggedAt))
            yield return Later(pupil.TaggedAt, standing.CorrectedAt);
    }

    private static DateTimeOffset? UntaggedSince(PhotoFacts facts) =>
        facts.Pupils.Count == 0 && !facts.Photo.NobodyElse ? Later(facts.Photo.ReceivedAt, facts.UntaggedSince) : null;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset? other) => other > one ? other.Value : one;
}
