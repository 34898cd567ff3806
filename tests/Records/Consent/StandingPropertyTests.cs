using FsCheck;
using FsCheck.Fluent;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Tests.Records.Consent;

/// <summary>What holds for every history: a few people who answer, answer again, back-date, and are recorded in error.</summary>
public class StandingPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000);
    private static readonly PolicySwitches Switches = new();

    /// <summary>One line of a history; its place in the list is the day on which it is recorded.</summary>
    /// <param name="Who">0 and 1 are guardians, 2 is the pupil.</param>
    /// <param name="Says">What was answered.</param>
    /// <param name="DaysBefore">How long before it was recorded the answer was given; often an equal time.</param>
    /// <param name="ValidDays">Days from being recorded to expiry; 0 for none.</param>
    /// <param name="InErrorAfter">Days from being recorded to its invalidation; 0 for none.</param>
    public sealed record Line(int Who, Answer Says, int DaysBefore, int ValidDays, int InErrorAfter);

    private static readonly Gen<Line> AnyLine =
        from who in Gen.Choose(0, 2)
        from says in Gen.Elements(Answer.Given, Answer.Given, Answer.Given, Answer.Refused, Answer.Withdrawn)
        from before in Gen.Choose(0, 3)
        from validDays in Gen.Elements(0, 0, 0, 4, 40)
        from inErrorAfter in Gen.Elements(0, 0, 1, 2, 5)
        select new Line(who, says, before, validDays, inErrorAfter);

    private static readonly Arbitrary<(Line[] Lines, bool Teenager)> AnyHistory = (
        from length in Gen.Choose(0, 7)
        from lines in AnyLine.ArrayOf(length)
        from teenager in Gen.Elements(true, false)
        select (lines, teenager)).ToArbitrary();

    private static Pupil PupilOf(bool teenager) =>
        new PupilHistory(teenager ? "2010-01-01" : "2018-01-01").Pupil;

    /// <summary>The records as they were on a day: lines recorded by then, invalidations made by then.</summary>
    private static ConsentAnswer[] RecordsOn(int day, Line[] lines, Pupil pupil) =>
        [.. lines.Select((line, index) => (line, index)).Where(one => one.index <= day).Select(one => AnswerOf(one.line, one.index, day, pupil))];

    private static ConsentAnswer AnswerOf(Line line, int recorded, int day, Pupil pupil)
    {
        var answer = new ConsentAnswer
        {
            Id = Guid.NewGuid(),
            PupilId = pupil.Id,
            Channel = Channel.Website,
            Answer = line.Says,
            ByKind = line.Who == 2 ? AnswererKind.Pupil : AnswererKind.Guardian,
            ByName = SealedText.Imagined("Person " + line.Who),
            NoticeVersion = "1",
            AnsweredAt = PupilHistory.Day(recorded - line.DaysBefore),
            RecordedAt = PupilHistory.Day(recorded),
            ExpiresOn = line.ValidDays == 0 ? null : PupilHistory.Date(recorded + line.ValidDays),
        };
        // Half a day later, so that no two events share an instant.
        var invalidated = recorded + line.InErrorAfter;
        return line.InErrorAfter == 0 || invalidated > day ? answer : PupilHistory.Invalidated(answer, PupilHistory.Day(invalidated - 0.5));
    }

    private static Standing StandingOf(Pupil pupil, IReadOnlyCollection<ConsentAnswer> answers, double today = 20, bool blocked = false) =>
        ConsentStanding.Of(pupil, answers, blocked, Channel.Website, PupilHistory.Date(today), Switches);

    [Fact]
    public void The_order_of_the_rows_does_not_matter() =>
        Prop.ForAll(AnyHistory, history =>
        {
            var pupil = PupilOf(history.Teenager);
            var answers = RecordsOn(99, history.Lines, pupil);
            var expected = StandingOf(pupil, answers).Reasons;
            return expected.SequenceEqual(StandingOf(pupil, [.. answers.Reverse()]).Reasons)
                && expected.SequenceEqual(StandingOf(pupil, [.. answers.OrderBy(answer => answer.Id)]).Reasons);
        }).Check(Thorough);

    [Fact]
    public void Adding_a_no_never_clears() =>
        Prop.ForAll(AnyHistory, AnyLine.ToArbitrary(), (history, last) =>
        {
            var pupil = PupilOf(history.Teenager);
            var no = AnswerOf(last with { Says = Answer.Refused, InErrorAfter = 0 }, history.Lines.Length, 99, pupil);
            var before = RecordsOn(99, history.Lines, pupil);
            return StandingOf(pupil, before).Cleared || !StandingOf(pupil, [.. before, no]).Cleared;
        }).Check(Thorough);

    [Fact]
    public void A_no_of_now_always_un_clears() =>
        Prop.ForAll(AnyHistory, Gen.Choose(0, 2).ToArbitrary(), (history, who) =>
        {
            var pupil = PupilOf(history.Teenager);
            var no = AnswerOf(new(who, Answer.Withdrawn, 0, 0, 0), 15, 99, pupil);
            return !StandingOf(pupil, [.. RecordsOn(99, history.Lines, pupil), no]).Cleared;
        }).Check(Thorough);

    [Fact]
    public void Invalidating_a_no_never_clears() =>
        Prop.ForAll(AnyHistory, history =>
        {
            var pupil = PupilOf(history.Teenager);
            var answers = RecordsOn(99, history.Lines, pupil);
            return StandingOf(pupil, answers).Cleared || answers.Where(no => no.IsNo && no.Invalidation is null).All(no =>
                !StandingOf(pupil, [.. answers.Where(other => other != no), PupilHistory.Invalidated(no, PupilHistory.Day(50))]).Cleared);
        }).Check(Thorough);

    [Fact]
    public void In_every_history_only_a_given_turns_a_no_into_a_yes() =>
        Prop.ForAll(AnyHistory, history =>
        {
            // No expiry: a given in error that had run out may uncover an older one that has not, which is no revival of a yes.
            var lines = Array.ConvertAll(history.Lines, line => line with { ValidDays = 0 });
            var pupil = PupilOf(history.Teenager);
            return Enumerable.Range(1, 20).All(day =>
                StandingOf(pupil, RecordsOn(day - 1, lines, pupil)).Cleared
                || !StandingOf(pupil, RecordsOn(day, lines, pupil)).Cleared
                || (day < lines.Length && lines[day].Says == Answer.Given));
        }).Check(Thorough);

    [Fact]
    public void After_all_that_fresh_given_of_everybody_clears() =>
        Prop.ForAll(AnyHistory, history =>
        {
            var pupil = PupilOf(history.Teenager);
            var afresh = Enumerable.Range(0, 3).Select(who => AnswerOf(new(who, Answer.Given, 0, 0, 0), 15, 99, pupil));
            return StandingOf(pupil, [.. RecordsOn(99, history.Lines, pupil), .. afresh]).Cleared;
        }).Check(Thorough);

    [Fact]
    public void Time_alone_never_clears() =>
        Prop.ForAll(AnyHistory, history =>
        {
            var pupil = PupilOf(history.Teenager);
            var answers = RecordsOn(99, history.Lines, pupil);
            return StandingOf(pupil, answers, 20).Cleared || !StandingOf(pupil, answers, 3000).Cleared;
        }).Check(Thorough);

    [Fact]
    public void A_block_never_clears() =>
        Prop.ForAll(AnyHistory, history =>
        {
            var pupil = PupilOf(history.Teenager);
            return !StandingOf(pupil, RecordsOn(99, history.Lines, pupil), blocked: true).Cleared;
        }).Check(Thorough);
}
