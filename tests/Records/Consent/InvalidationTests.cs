using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using static PhotoGuard.Records.Consent.Answer;

namespace PhotoGuard.Tests.Records.Consent;

/// <summary>policies.md, Standing: an answer recorded in error is invalidated; invalidating a no never revives a yes without a fresh given.</summary>
public class InvalidationTests
{
    private static readonly StandingReason[] Fresh = [StandingReason.FreshAnswerNeeded];

    private static void Is(StandingReason[] expected, PupilHistory history, Channel channel = Channel.Website) =>
        Assert.Equal(expected, history.On(100, channel).Reasons);

    private static PupilHistory NoInError() => new PupilHistory().Answered(1, Given).Answered(2, Withdrawn).InError(3);

    [Fact]
    public void An_invalidated_given_no_longer_counts()
    {
        Is([StandingReason.NoAnswer], new PupilHistory().Answered(1, Given).InError(2));
        Is([StandingReason.GuardianNo], new PupilHistory().Answered(1, Refused).Answered(2, Given).InError(3));
    }

    [Fact]
    public void An_invalidated_no_no_longer_counts_as_a_no() =>
        Is([StandingReason.NoAnswer], new PupilHistory().Answered(1, Refused).InError(2));

    [Fact]
    public void Invalidating_a_no_does_not_revive_the_yes_before_it() => Is(Fresh, NoInError());

    [Fact]
    public void A_given_recorded_after_the_invalidation_is_fresh() => Is([], NoInError().Answered(4, Given));

    [Fact]
    public void A_given_recorded_after_the_invalidation_is_fresh_though_its_paper_is_older() =>
        Is([], NoInError().Answered(1.5, Given, recorded: 4));

    [Fact]
    public void A_given_recorded_with_the_invalidation_is_not_after_it() =>
        Is(Fresh, NoInError().Answered(1.5, Given, recorded: 3));

    [Fact]
    public void A_given_that_had_replaced_the_no_before_goes_on_counting() =>
        Is([], new PupilHistory().Answered(1, Given).Answered(2, Refused).Answered(3, Given).InError(1, 4));

    [Fact]
    public void An_old_paper_recorded_while_the_no_stood_is_not_revived_either() =>
        Is(Fresh, new PupilHistory().Answered(2, Refused).Answered(1, Given, recorded: 3).InError(0, 4));

    [Fact]
    public void A_given_of_the_same_instant_as_the_no_is_not_revived() =>
        Is(Fresh, new PupilHistory().Answered(2, Given).Answered(2, Refused).InError(3));

    [Fact]
    public void Behind_an_invalidated_no_the_no_before_it_stands() =>
        Is([StandingReason.GuardianNo], new PupilHistory().Answered(1, Refused).Answered(2, Withdrawn).InError(3));

    [Fact]
    public void Two_noes_in_error_need_a_given_after_both()
    {
        var history = new PupilHistory().Answered(1, Given).Answered(2, Refused).InError(5).Answered(3, Withdrawn).InError(7);
        Is(Fresh, history);
        Is(Fresh, history.Answered(2.5, Given, recorded: 6));
        Is([], history.Answered(2.6, Given, recorded: 8));
    }

    [Fact]
    public void A_fresh_given_that_was_in_error_too_leaves_nothing_revived() =>
        Is(Fresh, NoInError().Answered(4, Given).InError(5));

    [Fact]
    public void A_given_and_the_no_before_it_both_in_error_revive_nothing_in_either_order()
    {
        Is(Fresh, new PupilHistory().Answered(1, Given).Answered(2, Refused).Answered(3, Given).InError(1, 4).InError(2, 5));
        Is(Fresh, new PupilHistory().Answered(1, Given).Answered(2, Refused).Answered(3, Given).InError(2, 4).InError(1, 5));
    }

    [Fact]
    public void A_fresh_given_can_be_withdrawn_again() =>
        Is([StandingReason.GuardianNo], NoInError().Answered(4, Given).Answered(5, Withdrawn));

    [Fact]
    public void One_guardians_no_in_error_does_not_revive_the_other_guardians_yes()
    {
        var history = new PupilHistory().Answered(1, Given, id: "g1").Answered(2, Refused, id: "g2").InError(3);
        Is(Fresh, history);
        Is([], history.Answered(4, Given, id: "g1"));
    }

    [Fact]
    public void Either_guardian_may_answer_afresh() =>
        Is([], new PupilHistory().Answered(1, Given, id: "g1").Answered(2, Refused, id: "g2").InError(3).Answered(4, Given, id: "g2"));

    [Fact]
    public void A_guardian_who_had_already_changed_their_no_to_a_yes_stops_nobody() =>
        Is([], new PupilHistory().Answered(1, Given, id: "g1").Answered(2, Refused, id: "g2").Answered(3, Given, id: "g2").InError(1, 4));

    [Fact]
    public void A_pupils_no_in_error_needs_a_fresh_given_of_the_pupil_or_a_guardian()
    {
        PupilHistory Stopped() => new PupilHistory().Answered(1, Given).SelfAnswered(2, Refused).InError(3);
        Is(Fresh, Stopped());
        Is([], Stopped().SelfAnswered(4, Given));
        Is([], Stopped().Answered(4, Given));
    }

    [Fact]
    public void A_pupil_old_enough_must_answer_afresh_in_person()
    {
        PupilHistory Stopped() => new PupilHistory("2010-01-01")
            .Answered(1, Given).SelfAnswered(1, Given).SelfAnswered(2, Refused).InError(3);
        Is(Fresh, Stopped());
        Is(Fresh, Stopped().Answered(4, Given));
        Is([], Stopped().SelfAnswered(4, Given));
    }

    [Fact]
    public void A_guardians_no_in_error_is_not_lifted_by_the_pupil() =>
        Is(Fresh, new PupilHistory()
            .Answered(1, Given, id: "g1").Answered(2, Refused, id: "g2").InError(3).SelfAnswered(4, Given));

    [Fact]
    public void A_no_in_error_on_one_channel_stops_no_other() =>
        Is([], NoInError().Answered(1, Given, channel: Channel.Press), Channel.Press);
}
