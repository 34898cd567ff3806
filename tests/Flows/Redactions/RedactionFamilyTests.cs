using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;

namespace PhotoGuard.Tests.Flows.Redactions;

/// <summary>What befalls a photo, and what that means for what was made from it (docs/states.md, A redaction).</summary>
public sealed class RedactionFamilyTests(TestApi api) : IClassFixture<TestApi>, IAsyncLifetime
{
    private TestWorkers workers = null!;
    private TestSchool school = null!;
    private Guid activity;

    public async Task InitializeAsync()
    {
        workers = await TestWorkers.StartAsync(api.Records.Settings);
        school = await api.SchoolAsync(PolicyProfile.MisConsent);
        activity = await school.ActivityAsync();
    }

    public async Task DisposeAsync() => await workers.DisposeAsync();

    [Fact]
    public async Task Erasure_of_the_source_reaches_what_was_made_from_it_and_from_that()
    {
        var source = await school.UploadAsync(activity);
        var redacted = await school.RedactAsync(source);
        var again = await school.RedactAsync(redacted);
        await school.AcceptAsync(again);

        (await (await school.HeadAsync()).PostAsync($"photos/{source}/erasure", new { reason = "asked for" })).Must(202);

        foreach (var photo in new[] { again, redacted, source })
        {
            (await (await school.ScreenerAsync()).GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
            Assert.Equal("erasure", await school.DestroyedAsync(photo));
        }
        Assert.Equal(0L, await api.Records.ScalarAsync<long>("select count(*) from redactions where school_id = $1", school.Id));
    }

    [Fact]
    public async Task Where_two_of_a_chain_are_destroyed_together_the_last_is_made_from_the_first()
    {
        var source = await school.UploadAsync(activity);
        var second = await school.RedactAsync(source);
        var third = await school.RedactAsync(second);
        var last = await school.RedactAsync(third);
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 second' where id = any($1)", new[] { second, third });

        await api.Records.RunAsync<Purges, Purge>(purges => purges.StartAsync(Act.OfSystem(school.Id), dryRun: false, default));

        foreach (var photo in new[] { second, third }) Assert.Equal("retention", await school.DestroyedAsync(photo));
        Assert.Equal(source, await api.Records.ScalarAsync<Guid>("select source_id from redactions where photo_id = $1", last));
        Assert.Equal(1L, await api.Records.ScalarAsync<long>("select count(*) from redactions where school_id = $1", school.Id));
    }

    [Fact]
    public async Task What_befalls_a_redaction_leaves_its_source_and_its_siblings_as_they_are()
    {
        var source = await school.UploadAsync(activity);
        var (one, other) = (await school.RedactAsync(source), await school.RedactAsync(source));

        (await (await school.ScreenerAsync()).PostAsync($"photos/{one}/screening", new { decision = "rejected", reason = "the face shows" })).Must(200);
        (await (await school.HeadAsync()).PostAsync($"photos/{other}/erasure", new { reason = "asked for" })).Must(202);

        Assert.Equal("erasure", await school.DestroyedAsync(other));
        var seen = (await (await school.TeacherAsync()).GetAsync($"photos/{source}")).Must(200).Json;
        Assert.Empty(seen.GetProperty("redactions").EnumerateArray());
        (await (await school.TeacherAsync()).GetAsync($"photos/{one}")).MustRefuse(410, "gone");
    }

    [Fact]
    public async Task A_rejection_of_the_source_hides_its_redactions_at_once_and_undone_in_time_lets_them_off_but_not_those_rejected_themselves()
    {
        var (screener, teacher) = (await school.ScreenerAsync(), await school.TeacherAsync());
        var source = await school.UploadAsync(activity);
        var (good, bad) = (await school.RedactAsync(source), await school.RedactAsync(source));
        var ofBad = await school.RedactAsync(bad);
        await school.AcceptAsync(good);
        (await screener.PostAsync($"photos/{bad}/screening", new { decision = "rejected" })).Must(200);

        (await screener.PostAsync($"photos/{source}/screening", new { decision = "rejected" })).Must(200);
        foreach (var photo in new[] { source, good, bad, ofBad }) (await teacher.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        // What goes with its source is let off with that alone.
        (await screener.PostAsync($"photos/{good}/screening", new { decision = "accepted" })).MustRefuse(410, "gone");

        (await screener.PostAsync($"photos/{source}/screening", new { decision = "accepted" })).Must(200);
        foreach (var photo in new[] { source, good }) (await teacher.GetAsync($"photos/{photo}")).Must(200);
        foreach (var photo in new[] { bad, ofBad }) (await teacher.GetAsync($"photos/{photo}")).MustRefuse(410, "gone");
        Assert.Equal("", string.Join(' ', (await teacher.GetAsync($"photos/{good}")).Json.GetProperty("clearance").GetProperty("internal").GetProperty("reasons")
            .EnumerateArray().Select(reason => reason.GetString())));

        (await screener.PostAsync($"photos/{bad}/screening", new { decision = "accepted" })).Must(200);
        foreach (var photo in new[] { bad, ofBad }) (await teacher.GetAsync($"photos/{photo}")).Must(200);
    }

    [Fact]
    public async Task The_uploader_takes_back_the_source_with_its_redactions()
    {
        var source = await school.UploadAsync(activity);
        var redacted = await school.RedactAsync(source);
        (await (await school.TeacherAsync()).DeleteAsync($"photos/{source}")).Must(202);
        Assert.Equal("withdrawnByUploader", await school.DestroyedAsync(redacted));
        Assert.Equal("withdrawnByUploader", await school.DestroyedAsync(source));
    }

    [Fact]
    public async Task A_no_destroys_only_where_the_pupil_stands_and_what_lives_on_still_goes_with_the_first_source()
    {
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var source = await school.ReadyPhotoAsync(activity, other);
        var middle = await school.RedactAsync(source, other);
        var last = await school.RedactAsync(middle);
        // Named in the middle alone, so that it goes first.
        await school.LinkAsync(middle, one, other);
        await school.LinkAsync(last);
        await api.Records.ExecuteAsync("update policy_switches set rescue_days = 0 where school_id = $1", school.Id);
        await one.AnswerAsync(Channel.Internal, Answer.Withdrawn);

        Assert.Equal("internalNo", await school.DestroyedAsync(middle));
        Assert.Equal(source, (await (await school.ScreenerAsync()).GetAsync($"photos/{last}")).Must(200).Json.GetProperty("redactedFrom").GetGuid());
        (await (await school.HeadAsync()).PostAsync($"photos/{source}/erasure", new { reason = "asked for" })).Must(202);
        Assert.Equal("erasure", await school.DestroyedAsync(last));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_concern_about_any_of_a_family_holds_all_of_it_until_two_people_release_it(int about)
    {
        var (lead, second, screener) = (await school.SafeguardingAsync(), await school.PersonAsync(Role.Safeguarding, "Deputy"), await school.ScreenerAsync());
        var source = await school.UploadAsync(activity);
        var redacted = await school.RedactAsync(source);
        Guid[] family = [source, redacted, await school.RedactAsync(redacted)];
        foreach (var photo in family)
            await Eventually.IsAsync("renditions", async () => (await screener.GetAsync($"photos/{photo}/renditions/thumb")).Status == 200);
        // One of them is on its way out already, tomorrow.
        await api.Records.ExecuteAsync("update policy_switches set rejection_undo_seconds = 86400 where school_id = $1", school.Id);
        (await screener.PostAsync($"photos/{family[2]}/screening", new { decision = "rejected" })).Must(200);
        var hold = (await screener.PostAsync($"photos/{family[about]}/concerns", new { kind = about == 1 ? "indecent" : "other" })).Must(201).Id;

        foreach (var photo in family)
        {
            (await screener.GetAsync($"photos/{photo}")).MustRefuse(404, "not-found");
            (await screener.PostAsync($"photos/{photo}/redactions?wait=0", new { boxes = new[] { Redacting.Box() }, fill = "solid" })).MustRefuse(404, "not-found");
        }
        foreach (var photo in family[..2])
        {
            var seen = (await lead.GetAsync($"photos/{photo}")).Must(200).Json;
            Assert.Equal(hold, Assert.Single(seen.GetProperty("holds").EnumerateArray()).GetProperty("id").GetGuid());
            (await lead.GetAsync($"photos/{photo}/renditions/thumb")).Must(about == 1 ? 404 : 200);
        }
        Assert.True((await lead.GetAsync("photos")).Must(200).Items.Length >= 2);

        (await lead.PostAsync($"holds/{hold}/release")).Must(202);
        (await second.PostAsync($"holds/{hold}/release")).Must(200);
        foreach (var photo in family[..2]) (await screener.GetAsync($"photos/{photo}")).Must(200);
        await api.Records.ExecuteAsync("update removals set not_before = now() where photo_id = $1", family[2]);
        await api.Records.ExecuteAsync("update work set due_at = now() where subject in (select id from removals where photo_id = $1)", family[2]);
        Assert.Equal("rejected", await school.DestroyedAsync(family[2]));
    }

    [Fact]
    public async Task A_rejection_for_safeguarding_holds_the_family_too()
    {
        var source = await school.UploadAsync(activity);
        var redacted = await school.RedactAsync(source);
        (await (await school.ScreenerAsync()).PostAsync($"photos/{redacted}/screening", new { decision = "rejected", reason = "safeguarding" })).Must(200);
        (await (await school.TeacherAsync()).GetAsync($"photos/{source}")).MustRefuse(404, "not-found");
        (await (await school.SafeguardingAsync()).GetAsync($"photos/{source}")).Must(200);
    }

    [Fact]
    public async Task A_pupil_named_anew_in_the_source_may_be_in_the_redaction_which_is_then_cleared_for_nothing()
    {
        var (one, other) = (await school.ClearedPupilAsync(), await school.ClearedPupilAsync());
        var source = await school.ReadyPhotoAsync(activity, one);
        var (redacted, empty) = (await school.RedactAsync(source, one), await school.RedactAsync(source));
        foreach (var photo in new[] { redacted, empty }) await school.AcceptAsync(photo);
        await api.Records.ExecuteAsync("update photos set received_at = now() - interval '60 days' where id = $1", empty);
        Assert.Equal("", await school.InternalAsync(redacted));

        await school.LinkAsync(source, one, other);

        Assert.Equal("", await school.InternalAsync(source));
        foreach (var photo in new[] { redacted, empty })
        {
            Assert.Equal("unscreened not-linked", await school.InternalAsync(photo));
            // The time to say who is in it begins anew.
            Assert.Equal(0, await school.FollowAsync(photo));
        }
        await school.LinkAsync(redacted, one);
        await school.AcceptAsync(redacted);
        Assert.Equal("", await school.InternalAsync(redacted));
    }
}
