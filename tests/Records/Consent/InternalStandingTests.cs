using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using static PhotoGuard.Records.Consent.Answer;
using static PhotoGuard.Tests.Records.Consent.PupilHistory;

namespace PhotoGuard.Tests.Records.Consent;

public class InternalStandingTests
{
    private static PupilHistory History(params (double Day, Answer Answer)[] answers) => answers.Aggregate(
        new PupilHistory(), (history, one) => history.Answered(one.Day, one.Answer, channel: Channel.Internal));

    private static InternalStanding Of(PupilHistory history) => InternalStanding.Of(history.Pupil.Id, history.Answers);

    [Fact]
    public void Nothing_answered_is_never() => Assert.Equal(InternalYes.Never, Of(History()).Yes);

    [Fact]
    public void The_pupils_own_yes_is_not_a_guardians() =>
        Assert.Equal(InternalYes.Never, Of(History().SelfAnswered(1, Given, Channel.Internal)).Yes);

    [Fact]
    public void An_expired_yes_was_given() =>
        Assert.Equal(InternalYes.Given, Of(History().Answered(1, Given, channel: Channel.Internal, expires: 2)).Yes);

    [Fact]
    public void Another_channels_no_is_not_among_the_noes() =>
        Assert.Empty(Of(History((1, Given)).Answered(2, Refused, channel: Channel.Website)).Noes);

    [Fact]
    public void Every_no_since_the_last_yes_stands()
    {
        var standing = Of(History((1, Refused), (2, Given), (3, Refused), (4, Withdrawn)));
        Assert.Equal([Day(3), Day(4)], standing.Noes.Select(no => no.RecordedAt).Order());
        Assert.Equal(InternalYes.Given, standing.Yes);
    }

    [Fact]
    public void A_no_counts_from_its_commit_though_it_was_said_before() =>
        Assert.Equal(Day(5), Assert.Single(Of(History().Answered(1, Refused, channel: Channel.Internal, recorded: 5)).Noes).EffectiveAt);

    [Fact]
    public void A_no_rules_again_from_the_invalidation_of_the_yes_that_had_replaced_it()
    {
        var no = Assert.Single(Of(History((1, Refused), (2, Given)).InError(6)).Noes);
        Assert.Equal((Day(1), Day(6)), (no.RecordedAt, no.EffectiveAt));
    }

    [Fact]
    public void A_yes_in_error_was_never_given_and_is_found_so_when_it_is_invalidated()
    {
        var standing = Of(History((1, Given)).InError(6));
        Assert.Equal((InternalYes.Never, Day(6)), (standing.Yes, standing.CorrectedAt));
    }

    [Fact]
    public void A_yes_behind_a_no_in_error_is_stopped_since_that_no()
    {
        var standing = Of(History((1, Given), (2, Refused)).InError(6));
        Assert.Equal((InternalYes.Stopped, Day(2), Day(6)), (standing.Yes, standing.StoppedAt, standing.CorrectedAt));
        Assert.Empty(standing.Noes);
    }

    [Fact]
    public void The_last_yes_to_be_stopped_decides_since_when()
    {
        var standing = Of(History((1, Given), (2, Refused)).InError(3).Answered(4, Given, channel: Channel.Internal)
            .Answered(6, Refused, channel: Channel.Internal).InError(7));
        Assert.Equal((InternalYes.Stopped, Day(6)), (standing.Yes, standing.StoppedAt));
    }
}
