using FsCheck;
using FsCheck.Fluent;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;

namespace PhotoGuard.Tests.Records.Consent;

/// <summary>What is deleted of a pupil's answers: whatever was answered, and whatever is answered next, the pupil stands where they stood.</summary>
public sealed class AnswerLifetimeTests
{
    /// <summary>One answer; its place in the list is the day on which it is recorded.</summary>
    public sealed record Line(string Who, bool Yes, bool Internal, int DaysBefore, int InErrorAfter);

    private static readonly Arbitrary<Line[]> AnyHistory = (
        from length in Gen.Choose(0, 12)
        from lines in (
            from who in Gen.Elements("Anna Example", "Ben Example", "Ada Example")
            from yes in Gen.Elements(true, true, false)
            from @internal in Gen.Elements(true, false)
            from before in Gen.Choose(0, 3)
            from error in Gen.Elements(0, 0, 0, 1, 4)
            select new Line(who, yes, @internal, before, error)).ArrayOf(length)
        select lines).ToArbitrary();

    [Fact]
    public void Whatever_is_deleted_the_pupil_stands_where_they_stood_also_after_the_next_answer() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(AnyHistory, lines =>
        {
            var told = Told(lines);
            var over = AnswerLifetime.Over(told.Pupil, told.Answers, PupilHistory.Day(1000), null, PupilHistory.Date(100), told.Switches);
            foreach (var next in new[] { null, "Anna Example", "Ben Example", "Ada Example" })
                foreach (var (channel, answer) in new[] { (Channel.Internal, Answer.Given), (Channel.Internal, Answer.Refused), (Channel.Website, Answer.Given) })
                {
                    ConsentAnswer[] then = next is null ? [] : [.. new PupilHistory().Answered(50, answer, next, channel: channel).Answers.Select(it => Of(told, it))];
                    Assert.Equal(
                        Words(ConsentStanding.OfAll(told.Pupil, [.. told.Answers, .. then], false, PupilHistory.Date(100), told.Switches)),
                        Words(ConsentStanding.OfAll(told.Pupil, [.. told.Answers.Except(over), .. then], false, PupilHistory.Date(100), told.Switches)));
                }
        }));

    [Fact]
    public void The_last_answer_of_each_person_stays_and_at_most_one_yes_and_one_no_beside_what_was_in_error()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(AnyHistory, lines =>
        {
            var told = Told(lines);
            var over = AnswerLifetime.Over(told.Pupil, told.Answers, PupilHistory.Day(1000), null, PupilHistory.Date(100), told.Switches);
            foreach (var person in told.Answers.GroupBy(answer => (answer.Channel, answer.ByKind, answer.ByName.Text)))
                Assert.DoesNotContain(person.OrderBy(answer => answer.AnsweredAt).ThenBy(answer => answer.RecordedAt).Last(), over);
        }));
        var renewed = new PupilHistory();
        for (var year = 0; year < 9; year++) renewed.Answered(year * 365, year == 4 ? Answer.Refused : Answer.Given);
        Assert.Equal(7, AnswerLifetime.Over(renewed.Pupil, renewed.Answers, PupilHistory.Day(4000), null, PupilHistory.Date(3000), renewed.Switches).Count);
    }

    [Fact]
    public void What_was_replaced_at_the_instant_itself_or_after_the_first_tag_is_kept()
    {
        var told = new PupilHistory().Answered(1, Answer.Given).Answered(5, Answer.Given);
        Assert.Single(Over(told, before: 5.1, tagged: null));
        Assert.Empty(Over(told, before: 5, tagged: null));
        Assert.Single(Over(told, before: 9, tagged: 5.1));
        Assert.Empty(Over(told, before: 9, tagged: 5));
    }

    private static IReadOnlyList<ConsentAnswer> Over(PupilHistory told, double before, double? tagged) => AnswerLifetime.Over(
        told.Pupil, told.Answers, PupilHistory.Day(before), tagged is { } day ? PupilHistory.Day(day) : null, PupilHistory.Date(100), told.Switches);

    private static PupilHistory Told(Line[] lines)
    {
        var told = new PupilHistory("2010-01-01");
        for (var day = 0; day < lines.Length; day++)
        {
            var line = lines[day];
            told.Answered(
                day - line.DaysBefore, line.Yes ? Answer.Given : Answer.Refused, line.Who, channel: line.Internal ? Channel.Internal : Channel.Website, recorded: day,
                kind: line.Who == "Ada Example" ? AnswererKind.Pupil : AnswererKind.Guardian);
            if (line.InErrorAfter > 0) told.InError(day + line.InErrorAfter);
        }
        return told;
    }

    private static ConsentAnswer Of(PupilHistory told, ConsentAnswer it) => new()
    {
        Id = it.Id, PupilId = told.Pupil.Id, Channel = it.Channel, Answer = it.Answer, ByName = it.ByName, NoticeVersion = it.NoticeVersion,
        ByKind = it.ByName.Text == "Ada Example" ? AnswererKind.Pupil : AnswererKind.Guardian, AnsweredAt = it.AnsweredAt, RecordedAt = it.RecordedAt,
    };

    private static string Words(PupilStanding standing) => string.Join("; ", standing.Channels.OrderBy(on => on.Key).Select(on => $"{on.Key}: {string.Join(' ', on.Value.Reasons)}"))
        + $"; {standing.Internal.Yes} {standing.Internal.StoppedAt:O} {standing.Internal.CorrectedAt:O} {string.Join(' ', standing.Internal.Noes.OrderBy(no => no.RecordedAt).ThenBy(no => no.EffectiveAt))}";
}
