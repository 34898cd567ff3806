using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Records.Consent;
using static PhotoGuard.Tests.Records.Clearance.FactsOf;
using static PhotoGuard.Tests.Records.Consent.PupilHistory;

namespace PhotoGuard.Tests.Records.Removal;

/// <summary>policies.md, Holding: what destroys a photo, when, and nothing else does.</summary>
public class DestructionRuleTests
{
    private static readonly PolicySwitches Strict = PolicySwitches.Of(PolicyProfile.Strict, Guid.Empty);
    private static readonly PolicySwitches WithRescue = PolicySwitches.Of(PolicyProfile.MisConsent, Guid.Empty);
    private static readonly Destruction AtDeleteAfter = new(RemovalCause.Retention, Day(730), default);

    private static PupilHistory Internal(params (double Day, Answer Answer)[] answers) => answers.Aggregate(
        new PupilHistory(), (history, one) => history.Answered(one.Day, one.Answer, channel: Channel.Internal));

    private static void Is(Destruction expected, PhotoFacts facts, PolicySwitches? switches = null) =>
        Assert.Equal(expected, DestructionRule.Due(facts, switches ?? Strict)! with { Since = default });

    [Fact]
    public void A_photo_against_which_nothing_stands_lives_until_delete_after() => Is(AtDeleteAfter, ClearedPhoto(Consented().Tagged()));

    [Theory]
    [InlineData(Answer.Refused)]
    [InlineData(Answer.Withdrawn)]
    [InlineData(Answer.Objected)]
    public void A_no_on_internal_after_the_pupil_was_tagged_hides_from_that_commit_on_and_destroys(Answer no)
    {
        var facts = ClearedPhoto(Internal((0, Answer.Given), (20, no)).Tagged(day: 10));
        Is(new(RemovalCause.InternalNo, Day(20), default), facts);
        Assert.True(DestructionRule.HiddenByInternalNo(facts));
    }

    [Fact]
    public void The_pupils_own_no_on_internal_destroys_as_well() =>
        Is(new(RemovalCause.InternalNo, Day(20), default),
            ClearedPhoto(Internal((0, Answer.Given)).SelfAnswered(20, Answer.Refused, Channel.Internal).Tagged(day: 10)));

    [Fact]
    public void After_means_by_the_commit_though_the_paper_is_older() =>
        Is(new(RemovalCause.InternalNo, Day(20), default),
            ClearedPhoto(Internal((0, Answer.Given)).Answered(5, Answer.Withdrawn, channel: Channel.Internal, recorded: 20).Tagged(day: 10)));

    [Fact]
    public void In_a_group_picture_a_screener_may_rescue_it_for_the_others_within_the_days_of_the_switch()
    {
        var facts = ClearedPhoto(Internal((0, Answer.Given), (20, Answer.Withdrawn)).Tagged(day: 10), Consented().Tagged());
        Is(new(RemovalCause.InternalNo, Day(27), default), facts, WithRescue);
        Assert.Equal(Day(27), DestructionRule.RescueUntil(facts, WithRescue));
        Assert.Equal(Day(20), DestructionRule.RescueUntil(facts, Strict));
        Assert.Null(DestructionRule.RescueUntil(ClearedPhoto(Consented().Tagged()), WithRescue));
    }

    [Fact]
    public void Where_nobody_else_is_in_the_picture_there_is_nobody_to_rescue_it_for()
    {
        var facts = ClearedPhoto(Internal((0, Answer.Given), (20, Answer.Withdrawn)).Tagged(day: 10));
        Is(new(RemovalCause.InternalNo, Day(20), default), facts, WithRescue);
        Is(new(RemovalCause.InternalNo, Day(27), default), facts with { Photo = Photo(nobodyElse: false) }, WithRescue);
    }

    [Fact]
    public void Saying_no_once_more_does_not_prolong_the_rescue() =>
        Is(new(RemovalCause.InternalNo, Day(27), default),
            ClearedPhoto(
                Internal((0, Answer.Given), (20, Answer.Withdrawn), (26, Answer.Objected)).Tagged(day: 10), Consented().Tagged()),
            WithRescue);

    [Fact]
    public void A_given_within_the_rescue_ends_it()
    {
        var facts = ClearedPhoto(
            Internal((0, Answer.Given), (20, Answer.Withdrawn), (23, Answer.Given)).Tagged(day: 10), Consented().Tagged());
        Is(AtDeleteAfter, facts, WithRescue);
        Assert.False(DestructionRule.HiddenByInternalNo(facts));
    }

    [Fact]
    public void A_pupil_tagged_after_such_a_no_leaves_7_days_to_correct_the_tag()
    {
        var facts = ClearedPhoto(Internal((0, Answer.Given), (5, Answer.Withdrawn)).Tagged(day: 10));
        Is(new(RemovalCause.TagTimeout, Day(17), default), facts);
        Assert.False(DestructionRule.HiddenByInternalNo(facts));
    }

    [Fact]
    public void A_pupil_tagged_without_a_standing_internal_leaves_7_days_as_well() =>
        Is(new(RemovalCause.TagTimeout, Day(17), default), ClearedPhoto(Internal().Tagged(day: 10)));

    [Theory]
    [InlineData(0, 10)]
    [InlineData(14, 24)]
    public void The_days_are_a_switch(int days, double notBefore) =>
        Is(new(RemovalCause.TagTimeout, Day(notBefore), default), ClearedPhoto(Internal().Tagged(day: 10)), new() { TagCorrectionDays = days });

    [Fact]
    public void A_given_within_the_days_corrects_the_tag() => Is(AtDeleteAfter, ClearedPhoto(Internal((12, Answer.Given)).Tagged(day: 10)));

    [Fact]
    public void A_no_within_the_days_destroys_where_it_comes_first()
    {
        Is(new(RemovalCause.InternalNo, Day(12), default), ClearedPhoto(Internal((12, Answer.Refused)).Tagged(day: 10)));
        Is(new(RemovalCause.TagTimeout, Day(17), default),
            ClearedPhoto(Internal((12, Answer.Refused)).Tagged(day: 10), Consented().Tagged()), WithRescue);
    }

    [Fact]
    public void A_second_guardians_no_after_the_tag_destroys_though_the_first_ones_came_before() =>
        Is(new(RemovalCause.InternalNo, Day(12), default),
            ClearedPhoto(Internal((5, Answer.Refused)).Answered(12, Answer.Refused, id: "g2", channel: Channel.Internal).Tagged(day: 10)));

    [Fact]
    public void An_expired_internal_only_hides()
    {
        var expired = Internal().Answered(0, Answer.Given, channel: Channel.Internal, expires: 5);
        Is(AtDeleteAfter, ClearedPhoto(expired.Tagged(day: 1)));
        Is(AtDeleteAfter, ClearedPhoto(expired.Tagged(day: 50)));
    }

    [Fact]
    public void A_block_and_leaving_only_hide()
    {
        Is(AtDeleteAfter, ClearedPhoto(
            new PupilHistory(leftOn: "2026-01-02") { Blocked = true }.Answered(0, Answer.Given, channel: Channel.Internal).Tagged()));
    }

    [Fact]
    public void A_no_on_any_other_channel_destroys_nothing()
    {
        var facts = ClearedPhoto(Channels.All.Where(channel => channel.IsPublicity())
            .Aggregate(Consented(), (history, channel) => history.Answered(20, Answer.Objected, channel: channel)).Tagged(day: 10));
        Is(AtDeleteAfter, facts);
        Assert.False(DestructionRule.HiddenByInternalNo(facts));
    }

    [Fact]
    public void A_given_in_error_leaves_7_days_from_its_invalidation() =>
        Is(new(RemovalCause.TagTimeout, Day(37), default), ClearedPhoto(Internal((0, Answer.Given)).InError(30).Tagged(day: 10)));

    [Fact]
    public void A_no_in_error_that_came_after_the_tag_destroys_nothing()
    {
        var facts = ClearedPhoto(Internal((0, Answer.Given), (20, Answer.Withdrawn)).InError(21).Tagged(day: 10));
        Is(AtDeleteAfter, facts);
        Assert.DoesNotContain(ClearanceRule.Of(facts).Values, one => one.Cleared);
    }

    [Theory]
    [InlineData(20.5, 28)]
    [InlineData(40, 47)]
    public void A_pupil_tagged_after_a_no_in_error_and_before_a_fresh_given_is_tagged_without_internal(double tagged, double notBefore) =>
        Is(new(RemovalCause.TagTimeout, Day(notBefore), default),
            ClearedPhoto(Internal((0, Answer.Given), (20, Answer.Withdrawn)).InError(21).Tagged(day: tagged)));

    [Fact]
    public void A_no_that_rules_again_because_the_yes_after_it_was_in_error_waits_from_then()
    {
        var history = Internal((5, Answer.Refused), (8, Answer.Given)).InError(30);
        Is(new(RemovalCause.TagTimeout, Day(37), default), ClearedPhoto(history.Tagged(day: 10)));
        Is(new(RemovalCause.InternalNo, Day(30), default), ClearedPhoto(history.Tagged(day: 4)), new() { TagCorrectionDays = 14 });
    }

    [Fact]
    public void One_pupil_is_enough() =>
        Is(new(RemovalCause.TagTimeout, Day(17), default), ClearedPhoto(Consented().Tagged(), Internal().Tagged(day: 10), Consented().Tagged()));

    [Fact]
    public void Nobody_tagged_and_not_confirmed_is_reminded_after_3_days_and_destroyed_after_28()
    {
        var facts = ClearedPhoto() with { Photo = Photo(nobodyElse: false) };
        Assert.Equal(Day(3), DestructionRule.RemindAt(facts, Strict));
        Is(new(RemovalCause.UntaggedTimeout, Day(28), default), facts);
        Is(new(RemovalCause.UntaggedTimeout, Day(10), default), facts, new() { UntaggedDestroyDays = 10 });
    }

    [Fact]
    public void The_28_days_begin_anew_when_the_last_pupil_is_taken_out_of_an_old_photo() =>
        Is(new(RemovalCause.UntaggedTimeout, Day(228), default), ClearedPhoto() with { Photo = Photo(nobodyElse: false), UntaggedSince = Day(200) });

    [Fact]
    public void Confirmed_or_tagged_it_is_neither_reminded_of_nor_destroyed()
    {
        Is(AtDeleteAfter, ClearedPhoto());
        var tagged = ClearedPhoto(Consented().Tagged()) with { Photo = Photo(nobodyElse: false) };
        Is(AtDeleteAfter, tagged);
        Assert.Null(DestructionRule.RemindAt(tagged, Strict));
    }

    [Fact]
    public void Rejection_destroys_after_one_minute_and_accepted_within_it_undoes_it()
    {
        var rejected = ClearedPhoto() with { Screening = Screened(ScreeningState.Rejected, 50) };
        Is(new(RemovalCause.Rejected, Day(50).AddMinutes(1), default), rejected);
        Is(AtDeleteAfter, rejected with { Screening = Screened(ScreeningState.Accepted, 50) });
    }

    [Fact]
    public void The_earliest_cause_wins_and_of_equals_the_weightier() =>
        Is(new(RemovalCause.InternalNo, Day(17), default),
            ClearedPhoto(Internal((5, Answer.Refused), (17, Answer.Withdrawn)).Tagged(day: 10)) with { Photo = Photo(deleteAfter: 17) });

    [Fact]
    public void A_hold_beats_every_deletion()
    {
        var facts = ClearedPhoto(Internal((0, Answer.Given), (20, Answer.Withdrawn)).Tagged(day: 10)) with
        {
            Held = true,
            Photo = Photo(deleteAfter: 1),
            Screening = Screened(ScreeningState.Rejected),
        };
        Assert.Null(DestructionRule.Due(facts, Strict));
        Assert.True(DestructionRule.HiddenByInternalNo(facts));
    }
}
