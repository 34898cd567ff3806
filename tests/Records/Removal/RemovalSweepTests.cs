using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Removal;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Records.Removal;

/// <summary>What the rule destroys the sweep finds by itself (law 5): it looks closely at no fewer photos than the rule speaks of.</summary>
public sealed class RemovalSweepTests(TestApi api) : IClassFixture<TestApi>
{
    [Fact]
    public Task A_photo_of_a_pupil_who_was_never_answered_for_goes_when_nobody_corrects_the_tag() => GoesAsync(_ => Task.CompletedTask);

    [Fact]
    public Task So_does_one_of_a_pupil_whose_only_yes_is_their_own() =>
        GoesAsync(pupil => pupil.AnswerAsync(Channel.Internal, Answer.Given, AnswererKind.Pupil, "Ada"));

    [Fact]
    public Task And_one_whose_guardians_yes_was_recorded_in_error() => GoesAsync(InErrorAsync);

    [Fact]
    public Task And_one_whose_guardians_yes_was_in_error_and_whose_own_stands() => GoesAsync(async pupil =>
    {
        await pupil.AnswerAsync(Channel.Internal, Answer.Given, AnswererKind.Pupil, "Ada");
        await InErrorAsync(pupil);
    });

    [Fact]
    public Task And_one_who_said_no_before() => GoesAsync(async pupil =>
    {
        await pupil.AnswerAsync(Channel.Internal, Answer.Given);
        await pupil.AnswerAsync(Channel.Internal, Answer.Refused, AnswererKind.Pupil, "Ada");
    });

    [Fact]
    public async Task A_photo_of_a_pupil_with_a_guardians_yes_stays()
    {
        var (school, photo) = await TaggedAsync(pupil => pupil.AnswerAsync(Channel.Internal, Answer.Given));
        Assert.Equal(0, await SweepAsync(school));
        (await (await school.HeadAsync()).GetAsync($"photos/{photo}")).Must(200);
    }

    private async Task GoesAsync(Func<TestPupil, Task> before)
    {
        var (school, photo) = await TaggedAsync(before);
        Assert.Equal(1, await SweepAsync(school));
        (await (await school.HeadAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.Equal("tagTimeout", await api.Records.ScalarAsync<string>("select cause from removals where photo_id = $1", photo));
    }

    /// <summary>A photo with one pupil in it, in a school that from then on waits no day for a correction.</summary>
    private async Task<(TestSchool School, Guid Photo)> TaggedAsync(Func<TestPupil, Task> before)
    {
        var school = await api.SchoolAsync();
        var pupil = await school.PupilAsync();
        await before(pupil);
        var photo = await school.UploadAsync(await school.ActivityAsync());
        (await (await school.TeacherAsync()).PutAsync($"photos/{photo}/pupils", new { pupils = new[] { pupil.MisId }, nobodyElse = true })).Must(200);
        await api.Records.ExecuteAsync("update policy_switches set tag_correction_days = 0 where school_id = $1", school.Id);
        return (school, photo);
    }

    private Task<int> SweepAsync(TestSchool school) =>
        api.Records.RunAsync<RemovalSweep, int>(sweep => sweep.FollowAsync(school.Id, copiesToo: false, default));

    private static async Task InErrorAsync(TestPupil pupil)
    {
        var yes = await pupil.AnswerAsync(Channel.Internal, Answer.Given);
        await pupil.InvalidateAsync(yes);
    }
}
