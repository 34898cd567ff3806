using PhotoGuard.Records.Clearance;

namespace PhotoGuard.Records.Consent;

/// <summary>Whether a guardian has ever said yes to <c>internal</c>, whatever has expired since.</summary>
public enum InternalYes
{
    /// <summary>No guardian ever did, or it was recorded in error.</summary>
    Never,

    /// <summary>Yes, and a no recorded in error keeps it from counting.</summary>
    Stopped,

    /// <summary>Yes; it may have expired, and a no may have followed.</summary>
    Given,
}

/// <summary>A no that stands.</summary>
/// <param name="RecordedAt">Its commit.</param>
/// <param name="EffectiveAt">Since when it rules: its commit, or later when a yes that had replaced it was invalidated.</param>
public sealed record StandingNo(DateTimeOffset RecordedAt, DateTimeOffset EffectiveAt);

/// <summary>
/// <c>internal</c> in the detail that destruction asks for (policies.md, Holding). Dates play no part: expiry, leaving and a
/// block hide and never destroy.
/// </summary>
/// <param name="Noes">Every no since its person's last yes.</param>
/// <param name="Yes">What guardians said.</param>
/// <param name="StoppedAt">For <see cref="InternalYes.Stopped"/>: the commit of the no in error that stopped the last yes.</param>
/// <param name="CorrectedAt">The last time that an invalidation left the pupil without a yes, if one did.</param>
public sealed record InternalStanding(
    IReadOnlyList<StandingNo> Noes, InternalYes Yes, DateTimeOffset? StoppedAt, DateTimeOffset? CorrectedAt)
{
    /// <param name="pupilId">The pupil.</param>
    /// <param name="answers">Every answer for the pupil, those recorded in error included.</param>
    public static InternalStanding Of(Guid pupilId, IReadOnlyCollection<ConsentAnswer> answers)
    {
        var people = new ConsentStandingPeople(
            answers.Where(answer => answer.PupilId == pupilId && answer.Channel == Channel.Internal));
        StandingNo[] noes = [.. people.Everyone.SelectMany(
            person => person.StandingNoes.Select(no => new StandingNo(no.RecordedAt, person.EffectiveAt(no))))];

        var guardians = people.Of(AnswererKind.Guardian).ToArray();
        var stoppersOfEach = guardians.SelectMany(guardian => guardian.Givens)
            .Select(given => people.StoppersOf(given).ToArray()).ToArray();
        var corrections = guardians.SelectMany(guardian => guardian.GivensInvalidatedAt);

        if (stoppersOfEach.Length == 0)
            return new(noes, InternalYes.Never, null, Latest(corrections));
        if (stoppersOfEach.Any(stoppers => stoppers.Length == 0))
            return new(noes, InternalYes.Given, null, null);
        return new(noes, InternalYes.Stopped,
            stoppersOfEach.Max(stoppers => stoppers.Min(no => no.RecordedAt)),
            Latest(stoppersOfEach.SelectMany(noes => noes).Select(no => no.Invalidation!.InvalidatedAt).Concat(corrections)));
    }

    private static DateTimeOffset? Latest(IEnumerable<DateTimeOffset> instants) =>
        instants.Select(instant => (DateTimeOffset?)instant).Max();
}
