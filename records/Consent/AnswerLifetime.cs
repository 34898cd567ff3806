using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Records.Consent;

/// <summary>
/// Which answers nothing needs any more: replaced for long enough, and where the pupil stands is the same without them. The rule of standing
/// is asked, so that the two cannot come apart.
/// </summary>
internal static class AnswerLifetime
{
    /// <param name="pupil">The pupil.</param>
    /// <param name="answers">Every answer for the pupil, opened; those in error included.</param>
    /// <param name="before">What was replaced at this instant or later is kept.</param>
    /// <param name="tagged">When the pupil was first tagged in a picture that is still there: what counted then or later shows why the school may have it (P1). Null for none.</param>
    /// <param name="today">The date in the school's zone.</param>
    /// <param name="switches">The school's switches.</param>
    public static IReadOnlyList<ConsentAnswer> Over(
        Pupil pupil, IReadOnlyCollection<ConsentAnswer> answers, DateTimeOffset before, DateTimeOffset? tagged, DateOnly today, PolicySwitches switches)
    {
        var over = new List<ConsentAnswer>();
        var kept = answers.Where(answer => answer.PupilId == pupil.Id).ToList();
        var standing = ConsentStanding.OfAll(pupil, kept, false, today, switches);
        // A no that was recorded in error may stop a yes that is still to come: where there is one, everything stays.
        var replaced = kept.GroupBy(answer => answer.Channel).Where(channel => channel.All(answer => answer.Invalidation is null))
            .SelectMany(channel => new ConsentStandingPeople(channel).Everyone).SelectMany(person => person.Replaced())
            .Where(it => it.Since < before && !(it.Since >= tagged)).OrderBy(it => it.Answer.AnsweredAt).Select(it => it.Answer);
        foreach (var answer in replaced.ToList())
        {
            var without = kept.Where(other => other != answer).ToList();
            if (!IsSame(standing, ConsentStanding.OfAll(pupil, without, false, today, switches))) continue;
            over.Add(answer);
            kept = without;
        }
        return over;
    }

    private static bool IsSame(PupilStanding one, PupilStanding other) =>
        one.Channels.All(on => on.Value.Reasons.SequenceEqual(other.Channels[on.Key].Reasons))
        && one.Internal.Noes.SequenceEqual(other.Internal.Noes)
        && (one.Internal.Yes, one.Internal.StoppedAt, one.Internal.CorrectedAt) == (other.Internal.Yes, other.Internal.StoppedAt, other.Internal.CorrectedAt);
}
