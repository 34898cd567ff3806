using FsCheck;
using FsCheck.Fluent;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Screening;
using PhotoGuard.Tests.Records.Consent;
using static PhotoGuard.Tests.Records.Clearance.FactsOf;

namespace PhotoGuard.Tests.Records.Clearance;

/// <summary>Law 2 and policies.md, Holding: what is shown.</summary>
public class ClearanceRuleTests
{
    private static void OnEveryChannel(PhotoFacts facts, params ClearanceReason[] expected) =>
        Assert.All(ClearanceRule.Of(facts), one =>
        {
            Assert.Equal(expected, one.Value.Picture);
            Assert.Equal(expected.Length == 0, one.Value.Cleared);
        });

    [Fact]
    public void A_photo_is_cleared_where_everything_allows_it() => OnEveryChannel(ClearedPhoto(Consented().Tagged()));

    [Fact]
    public void Without_any_recognisable_person_it_can_be_cleared() => OnEveryChannel(ClearedPhoto());

    [Theory]
    [InlineData(null)]
    [InlineData(ScreeningState.Pending)]
    public void An_unreviewed_photo_is_never_cleared_internal_included(ScreeningState? state) =>
        OnEveryChannel(ClearedPhoto() with { Screening = state is { } known ? Screened(known) : null }, ClearanceReason.Unscreened);

    [Fact]
    public void A_rejected_photo_is_cleared_for_nothing_at_once() =>
        OnEveryChannel(ClearedPhoto() with { Screening = Screened(ScreeningState.Rejected, 100) }, ClearanceReason.Rejected);

    [Fact]
    public void Until_somebody_says_that_nobody_else_is_in_it_nothing_is_cleared()
    {
        OnEveryChannel(ClearedPhoto() with { Photo = Photo(nobodyElse: false) }, ClearanceReason.NotLinked);
        OnEveryChannel(ClearedPhoto(Consented().Tagged()) with { Photo = Photo(nobodyElse: false) }, ClearanceReason.NotLinked);
    }

    [Fact]
    public void Leadership_approves_the_activity_beforehand_and_a_later_declined_un_clears()
    {
        OnEveryChannel(ClearedPhoto() with { Approval = null }, ClearanceReason.ActivityNotApproved);
        OnEveryChannel(ClearedPhoto() with { Approval = Approval.Declined }, ClearanceReason.ActivityDeclined);
    }

    [Fact]
    public void Photos_clear_only_on_the_channels_of_the_activity_and_internal_always_counts_as_listed()
    {
        var clearance = ClearanceRule.Of(ClearedPhoto() with { ActivityChannels = [Channel.Website] });
        Assert.Equal([Channel.Internal, Channel.Website], clearance.Where(one => one.Value.Cleared).Select(one => one.Key));
        Assert.Equal([ClearanceReason.ChannelNotOfActivity], clearance[Channel.Press].Picture);
    }

    [Theory]
    [InlineData(100.0001, true)]
    [InlineData(100, false)]
    [InlineData(99, false)]
    public void It_is_not_shown_once_delete_after_is_past(double deleteAfter, bool cleared) =>
        OnEveryChannel(
            ClearedPhoto() with { Photo = Photo(deleteAfter: deleteAfter) }, cleared ? [] : [ClearanceReason.OutOfDate]);

    [Fact]
    public void A_concern_is_a_hold_and_what_is_held_is_not_shown() =>
        OnEveryChannel(ClearedPhoto() with { Held = true }, ClearanceReason.Held);

    [Fact]
    public void What_is_being_removed_is_hidden_before_it_is_destroyed() =>
        OnEveryChannel(ClearedPhoto() with { BeingRemoved = true }, ClearanceReason.BeingRemoved);

    [Fact]
    public void Internal_is_the_root_so_a_pupil_who_does_not_stand_there_is_shown_nowhere()
    {
        var pupil = Consented().Answered(2, Answer.Withdrawn, channel: Channel.Internal).Tagged();
        Assert.All(ClearanceRule.Of(ClearedPhoto(pupil)).Values, clearance =>
            Assert.Equal(
                [new PupilReason(pupil.Standing.PupilId, Channel.Internal, StandingReason.GuardianNo)], clearance.Children));
    }

    [Fact]
    public void Nothing_beats_a_no_in_what_is_shown()
    {
        var pupil = Consented().Answered(2, Answer.Withdrawn, channel: Channel.Internal).Tagged();
        Assert.DoesNotContain(ClearanceRule.Of(ClearedPhoto(pupil, Consented().Tagged()) with { Held = true }).Values, one => one.Cleared);
    }

    [Fact]
    public void A_no_on_another_channel_leaves_the_photo_where_it_is_still_cleared()
    {
        var pupil = Consented().Answered(2, Answer.Withdrawn, channel: Channel.Website).Tagged();
        Assert.Equal(
            Channels.All.Where(channel => channel != Channel.Website),
            ClearanceRule.Of(ClearedPhoto(pupil, Consented().Tagged())).Where(one => one.Value.Cleared).Select(one => one.Key));
    }

    [Fact]
    public void An_expired_internal_hides_everywhere()
    {
        var pupil = Consented().Answered(2, Answer.Given, channel: Channel.Internal, expires: 50).Tagged();
        Assert.DoesNotContain(ClearanceRule.Of(ClearedPhoto(pupil)).Values, one => one.Cleared);
    }

    [Fact]
    public void What_concerns_a_child_is_told_as_pupil_not_cleared_and_in_detail_to_office_and_safeguarding_only()
    {
        var facts = ClearedPhoto(
            Consented().Answered(2, Answer.Refused).Tagged(),
            Consented().Answered(2, Answer.Refused).Answered(3, Answer.Refused, channel: Channel.Internal).Tagged()) with
        {
            Screening = null,
        };
        var website = ClearanceRule.Of(facts, Channel.Website);
        Assert.Equal(["unscreened", "pupil-not-cleared"], website.ReasonsFor(maySeeChildren: false));
        Assert.Equal(["unscreened", "guardian-no", "internal-guardian-no"], website.ReasonsFor(maySeeChildren: true));
    }

    [Fact]
    public void A_cleared_photo_has_no_reasons_for_anybody() =>
        Assert.Empty(ClearanceRule.Of(ClearedPhoto(Consented().Tagged()), Channel.Press).ReasonsFor(maySeeChildren: true));

    [Fact]
    public void Every_reason_has_its_word_and_a_sentence()
    {
        Assert.Equal("activity-not-approved", ClearanceReason.ActivityNotApproved.Word());
        Assert.Equal("out-of-date", ClearanceReason.OutOfDate.Word());
        Assert.Equal("pupil-answer-needed", StandingReason.PupilAnswerNeeded.Word());
        Assert.All(Enum.GetValues<ClearanceReason>(), reason => Assert.EndsWith(".", reason.Sentence()));
    }

    /// <summary>Pupils of every kind, by number, for the properties.</summary>
    private static TaggedPupil PupilOfKind(int kind) => (kind switch
    {
        0 or 1 or 2 => Consented(),
        3 => new PupilHistory(),
        4 => Consented().SelfAnswered(2, Answer.Objected, Channel.Press),
        5 => Consented().Answered(2, Answer.Refused, channel: Channel.Internal),
        _ => Consented().Answered(2, Answer.Given, channel: Channel.Social, expires: 3),
    }).Tagged();

    [Fact]
    public void Naming_one_more_pupil_never_clears_and_never_takes_a_reason_away() =>
        Prop.ForAll(Gen.Choose(0, 6).ArrayOf().ToArbitrary(), Gen.Choose(0, 6).ToArbitrary(), (kinds, more) =>
        {
            var fewer = ClearedPhoto([.. kinds.Take(6).Select(PupilOfKind)]);
            var with = fewer with { Pupils = [.. fewer.Pupils, PupilOfKind(more)] };
            return Channels.All.All(channel =>
                !ClearanceRule.Of(fewer, channel).Children.Except(ClearanceRule.Of(with, channel).Children).Any());
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void What_is_cleared_anywhere_is_cleared_as_far_as_every_pupil_goes_on_internal() =>
        Prop.ForAll(Gen.Choose(0, 6).ArrayOf().ToArbitrary(), kinds =>
        {
            var clearance = ClearanceRule.Of(ClearedPhoto([.. kinds.Take(6).Select(PupilOfKind)]));
            return clearance[Channel.Internal].Cleared || !clearance.Values.Any(one => one.Cleared);
        }).Check(Config.QuickThrowOnFailure);
}
