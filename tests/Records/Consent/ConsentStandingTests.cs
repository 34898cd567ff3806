using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Staff;
using static PhotoGuard.Records.Consent.Answer;

namespace PhotoGuard.Tests.Records.Consent;

/// <summary>policies.md, Standing: its sentences in their order.</summary>
public class ConsentStandingTests
{
    private const double Today = 100;

    private static void Cleared(Standing standing) => Assert.Empty(standing.Reasons);

    private static void NotCleared(Standing standing, params StandingReason[] because)
    {
        Assert.False(standing.Cleared);
        Assert.Equal(because, standing.Reasons);
    }

    [Fact]
    public void The_latest_answer_of_each_person_counts()
    {
        NotCleared(new PupilHistory().Answered(1, Given).Answered(2, Withdrawn).On(Today), StandingReason.GuardianNo);
        Cleared(new PupilHistory().Answered(1, Refused).Answered(2, Given).On(Today));
    }

    [Fact]
    public void Answers_are_ordered_by_when_they_were_answered_not_by_when_they_were_recorded()
    {
        NotCleared(new PupilHistory().Answered(5, Refused).Answered(2, Given, recorded: 9).On(Today), StandingReason.GuardianNo);
        Cleared(new PupilHistory().Answered(5, Given).Answered(2, Refused, recorded: 9).On(Today));
    }

    [Theory]
    [InlineData(Refused)]
    [InlineData(Withdrawn)]
    [InlineData(Objected)]
    public void Equal_times_the_most_protective_counts(Answer no)
    {
        NotCleared(new PupilHistory().Answered(1, no).Answered(1, Given).On(Today), StandingReason.GuardianNo);
        NotCleared(new PupilHistory().Answered(1, Given).Answered(1, no).On(Today), StandingReason.GuardianNo);
    }

    [Fact]
    public void Of_two_given_at_equal_times_the_one_that_expires_first_counts() =>
        NotCleared(new PupilHistory().Answered(1, Given).Answered(1, Given, expires: 50).On(Today), StandingReason.AnswerExpired);

    [Fact]
    public void People_are_told_apart_by_guardian_id()
    {
        Cleared(new PupilHistory().Answered(1, Refused, "Anna Example", "g1").Answered(2, Given, "Anna Newname", "g1").On(Today));
        NotCleared(
            new PupilHistory().Answered(1, Refused, "Sam Example", "g1").Answered(2, Given, "Sam Example", "g2").On(Today),
            StandingReason.GuardianNo);
    }

    [Theory]
    [InlineData("anna example", true)]
    [InlineData("  ANNA \t Example ", true)]
    [InlineData("AnnaExample", false)]
    [InlineData("Anne Example", false)]
    public void Else_by_name_with_case_and_spaces_folded(string name, bool same) =>
        Assert.Equal(same, new PupilHistory().Answered(1, Refused, "Anna Example").Answered(2, Given, name).On(Today).Cleared);

    [Fact]
    public void Else_by_kind_so_that_a_guardian_of_the_same_name_does_not_answer_for_the_pupil() =>
        NotCleared(
            new PupilHistory().SelfAnswered(1, Refused).Answered(2, Given, "Ada Example").On(Today), StandingReason.PupilNo);

    [Fact]
    public void The_same_name_with_and_without_an_id_is_two_people_so_that_no_no_is_lost()
    {
        NotCleared(
            new PupilHistory().Answered(1, Refused, "Anna Example").Answered(2, Given, "Anna Example", "g1").On(Today),
            StandingReason.GuardianNo);
        NotCleared(
            new PupilHistory().Answered(1, Refused, "Anna Example", "ANNA EXAMPLE").Answered(2, Given, "Anna Example").On(Today),
            StandingReason.GuardianNo);
    }

    [Fact]
    public void Cleared_needs_at_least_one_guardian_who_has_given()
    {
        NotCleared(new PupilHistory().On(Today), StandingReason.NoAnswer);
        NotCleared(new PupilHistory().SelfAnswered(1, Given).On(Today), StandingReason.NoAnswer);
        Cleared(new PupilHistory().Answered(1, Given).On(Today));
    }

    [Fact]
    public void Each_channel_is_consented_to_alone()
    {
        var history = new PupilHistory().Answered(1, Given, channel: Channel.Internal).Answered(2, Refused, channel: Channel.Press);
        Cleared(history.On(Today, Channel.Internal));
        NotCleared(history.On(Today, Channel.Press), StandingReason.GuardianNo);
        NotCleared(history.On(Today, Channel.Website), StandingReason.NoAnswer);
    }

    [Fact]
    public void Another_pupils_answer_does_not_count()
    {
        var sibling = new PupilHistory().Answered(1, Given);
        var pupil = new PupilHistory();
        NotCleared(
            ConsentStanding.Of(pupil.Pupil, sibling.Answers, false, Channel.Website, PupilHistory.Date(Today), pupil.Switches),
            StandingReason.NoAnswer);
    }

    [Theory]
    [InlineData(Refused)]
    [InlineData(Withdrawn)]
    [InlineData(Objected)]
    public void One_guardians_no_outweighs_every_given(Answer no) =>
        NotCleared(
            new PupilHistory().Answered(1, Given, id: "g1").Answered(2, no, id: "g2").Answered(3, Given, id: "g3").On(Today),
            StandingReason.GuardianNo);

    [Fact]
    public void A_safeguarding_block_clears_for_nothing()
    {
        var history = new PupilHistory { Blocked = true }.Answered(1, Given).Answered(1, Given, channel: Channel.Internal);
        NotCleared(history.On(Today), StandingReason.Blocked);
        NotCleared(history.On(Today, Channel.Internal), StandingReason.Blocked);
    }

    [Fact]
    public void Every_reason_is_told() =>
        NotCleared(
            new PupilHistory("2010-01-01", "2025-12-31") { Blocked = true }.Answered(1, Refused).On(Today),
            StandingReason.GuardianNo, StandingReason.PupilAnswerNeeded, StandingReason.Blocked, StandingReason.Left);

    [Theory]
    [InlineData("2026-06-14", true)]
    [InlineData("2026-06-15", false)]
    [InlineData("2026-06-16", false)]
    public void From_the_13th_birthday_publicity_also_needs_the_pupils_own_given(string today, bool cleared)
    {
        var history = new PupilHistory("2013-06-15").Answered(1, Given);
        Assert.Equal(cleared, history.On(DateOnly.Parse(today)).Cleared);
        Cleared(history.SelfAnswered(2, Given).On(DateOnly.Parse(today)));
    }

    [Theory]
    [InlineData("2026-02-27", true)]
    [InlineData("2026-02-28", false)]
    public void Born_on_29_February_the_earlier_day_counts_as_birthday(string today, bool cleared) =>
        Assert.Equal(cleared, new PupilHistory("2012-02-29")
        {
            Switches = new() { PupilConsentAge = 14 },
        }.Answered(1, Given).On(DateOnly.Parse(today)).Cleared);

    [Theory]
    [InlineData(12, false)]
    [InlineData(13, true)]
    public void The_age_is_a_switch_12_in_Scotland(int age, bool cleared) =>
        Assert.Equal(cleared, new PupilHistory("2014-01-01") { Switches = new() { PupilConsentAge = age } }
            .Answered(1, Given).On(Today).Cleared);

    [Fact]
    public void Internal_never_needs_the_pupils_own_given() =>
        Cleared(new PupilHistory("2009-01-01").Answered(1, Given, channel: Channel.Internal).On(Today, Channel.Internal));

    [Theory]
    [InlineData("2022-01-01", Channel.Website)]
    [InlineData("2022-01-01", Channel.Internal)]
    [InlineData("2009-01-01", Channel.Website)]
    [InlineData("2009-01-01", Channel.Internal)]
    public void At_any_age_the_pupils_no_counts(string bornOn, Channel channel) =>
        NotCleared(
            new PupilHistory(bornOn).Answered(1, Given, channel: channel).SelfAnswered(2, Refused, channel).On(Today, channel),
            StandingReason.PupilNo);

    [Theory]
    [InlineData(49, true)]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void Expires_on_is_the_last_day_an_answer_is_valid(double today, bool cleared)
    {
        var standing = new PupilHistory().Answered(1, Given, expires: 50).On(today);
        Assert.Equal(cleared ? [] : [StandingReason.AnswerExpired], standing.Reasons);
    }

    [Fact]
    public void Absent_means_no_end() => Cleared(new PupilHistory("2026-01-01").Answered(1, Given).On(4000));

    [Fact]
    public void Only_an_answer_that_is_needed_un_clears_by_expiring()
    {
        Cleared(new PupilHistory().Answered(1, Given, id: "g1", expires: 50).Answered(1, Given, id: "g2").On(Today));
        Cleared(new PupilHistory().Answered(1, Given).SelfAnswered(1, Given, expires: 50).On(Today));
        NotCleared(
            new PupilHistory("2010-01-01").Answered(1, Given).SelfAnswered(1, Given, expires: 50).On(Today),
            StandingReason.AnswerExpired);
    }

    [Fact]
    public void A_later_given_that_expired_is_not_replaced_by_an_earlier_one() =>
        NotCleared(new PupilHistory().Answered(1, Given).Answered(2, Given, expires: 50).On(Today), StandingReason.AnswerExpired);

    [Fact]
    public void A_no_does_not_expire_into_a_yes() =>
        NotCleared(new PupilHistory().Answered(1, Given).Answered(2, Refused, expires: 50).On(Today), StandingReason.GuardianNo);

    [Theory]
    [InlineData("2026-07-20", true)]
    [InlineData("2026-07-21", false)]
    public void From_the_day_after_leaving_every_channel_but_internal_is_not_cleared(string today, bool cleared)
    {
        var history = new PupilHistory(leftOn: "2026-07-20").Answered(1, Given).Answered(1, Given, channel: Channel.Internal);
        Assert.Equal(cleared ? [] : [StandingReason.Left], history.On(DateOnly.Parse(today)).Reasons);
        Cleared(history.On(DateOnly.Parse(today), Channel.Internal));
    }

    [Fact]
    public void Whether_leaving_un_clears_is_a_switch() =>
        Cleared(new PupilHistory(leftOn: "2026-01-02") { Switches = new() { LeaversInternalOnly = false } }
            .Answered(1, Given).On(Today));

    [Fact]
    public void Every_reason_has_a_sentence_for_the_office() =>
        Assert.All(Enum.GetValues<StandingReason>(), reason => Assert.EndsWith(".", reason.Sentence()));

    [Fact]
    public void A_profile_gives_the_switches_their_starting_values()
    {
        Assert.Equal(0, PolicySwitches.Of(PolicyProfile.Strict, Guid.Empty).RescueDays);
        Assert.Equal(7, PolicySwitches.Of(PolicyProfile.MisConsent, Guid.Empty).RescueDays);
    }
}
