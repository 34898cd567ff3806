using PhotoGuard.Records.Audit;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Api.Retention;

namespace PhotoGuard.Tests.Records.Audit;

/// <summary>A chain from which a run has taken what was too old still tells everything that somebody else changes.</summary>
public sealed class ForgottenEntriesTests(LifetimesHouse house) : IClassFixture<LifetimesHouse>
{
    [Theory]
    [InlineData("update audit_entries set details = '{\"count\": 0}' where id = {entry:3}", "is not what was sealed")]
    [InlineData("update audit_entries set at = at + interval '1 microsecond' where id = {entry:1}", "is not what was sealed")]
    [InlineData("delete from audit_entries where id = {entry:3}", "the entry at position 3 is missing")]
    [InlineData("delete from audit_entries where id = {entry:last}", "is missing")]
    [InlineData("delete from audit_entries where school_id = {school} and event = 'records.forgotten'", "is missing")]
    [InlineData("delete from audit_seals where school_id = {school} and position = 2", "position 2 is missing")]
    [InlineData("update audit_seals set digest = sha256('x') where school_id = {school} and position = 2", "is not what was sealed")]
    [InlineData("delete from audit_entries where id in ({entry:last}); delete from audit_seals where school_id = {school} and position = {position:last}", "it ends at position")]
    [InlineData("insert into audit_entries (id, school_id, event, actor_kind) overriding system value values ((select entry_id from audit_seals where school_id = {school} and position = 2), {school}, 'guardian.changed', 'system')", "is not what was sealed")]
    public async Task After_a_run_whatever_is_changed_behind_our_back_is_found(string change, string found)
    {
        var school = await LongLivedAsync();
        await house.NightAsync();
        Assert.Empty(await house.ChainAsync(school));
        Assert.False(await house.Records.ScalarAsync<bool>("select exists (select from audit_entries join audit_seals on entry_id = id where audit_seals.school_id = $1 and position = 2)", school.Id));

        await house.BehindOurBackAsync(Of(change, school));

        Assert.Contains(await house.ChainAsync(school), finding => finding.Contains(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("now() - interval '2 years'", "and its time was not over")]
    [InlineData("now() - interval '1 day'", "says that records went whose time was not over")]
    public async Task Who_takes_out_an_entry_and_writes_that_a_run_did_is_found(string before, string found)
    {
        var school = await LongLivedAsync();
        await house.NightAsync();
        Assert.Empty(await house.ChainAsync(school));
        // Young, between two as young, and not in the ledger: nothing but the run's own word speaks of it.
        foreach (var nth in new[] { 1, 2, 3 }) await house.WriteAsync(school, "guardian.changed", TimeProvider.System.GetUtcNow().AddMinutes(nth - 5));
        await house.Records.SealAsync();
        var (position, digest) = (
            await house.Records.ScalarAsync<long>("select max(position) - 1 from audit_seals where school_id = $1", school.Id),
            await house.Records.ScalarAsync<byte[]>("select digest from audit_seals where school_id = $1 order by position desc offset 1 limit 1", school.Id));
        var seals = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(digest));

        await house.BehindOurBackAsync($"delete from audit_entries where id = (select entry_id from audit_seals where school_id = '{school.Id}' and position = {position})");
        await house.Records.ExecuteAsync($$"""
            insert into audit_entries (school_id, event, actor_kind, details) values ($1, 'records.forgotten', 'system',
              jsonb_build_object('kind', 'audit', 'count', 1, 'before', {{before}}, 'positions', '{{position}}', 'seals', '{{seals}}'))
            """, school.Id);

        Assert.Contains(await house.ChainAsync(school), finding => finding.Contains(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"positions": "1-999999999999999999"}""")]
    [InlineData("""{"positions": "all of them", "kind": 7}""")]
    public async Task A_run_that_nobody_can_have_written_is_found(string details)
    {
        var school = await LongLivedAsync();
        await house.Records.ExecuteAsync(
            $"insert into audit_entries (school_id, event, actor_kind, details) values ('{school.Id}', 'records.forgotten', 'system', '{details}')");
        Assert.Contains(await house.ChainAsync(school), finding => finding.Contains("is not what is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fact_of_the_ledger_is_not_gone_before_its_time_whatever_a_run_says()
    {
        var school = await LongLivedAsync("pupil.erased", years: 4);
        await house.Records.SealAsync();
        var digest = await house.Records.ScalarAsync<byte[]>("select digest from audit_seals where school_id = $1 and position = 2", school.Id);
        await house.BehindOurBackAsync($"delete from audit_entries where id = (select entry_id from audit_seals where school_id = '{school.Id}' and position = 2)");
        await house.Records.ExecuteAsync("""
            insert into audit_entries (school_id, event, actor_kind, details) values ($1, 'records.forgotten', 'system',
              jsonb_build_object('kind', 'audit', 'count', 1, 'before', now() - interval '7 years', 'positions', '2', 'seals', $2))
            """, school.Id, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(digest)));
        Assert.Contains(await house.ChainAsync(school), finding => finding.Contains("its time was not over", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lost_ledger_is_told_anew_over_what_is_gone()
    {
        var school = await LongLivedAsync();
        await house.NightAsync();
        await house.Records.SealAsync();
        foreach (var file in Directory.GetFiles(house.Records.Settings.Ledger)) File.Delete(file);
        await house.Records.ExecuteAsync("delete from ledger_marks");
        Assert.Empty(await house.ChainAsync(school));
        Assert.Equal(
            await house.Records.ScalarAsync<long>("select max(position) from audit_seals where school_id = $1", school.Id),
            await house.Records.ScalarAsync<long>("select max(position) from ledger_marks where school_id = $1", school.Id));
    }

    /// <summary>Its chain begins years ago: the second entry is too old, the others are not.</summary>
    private async Task<TestSchool> LongLivedAsync(string second = "staff.signed-in", int years = 5)
    {
        var school = await house.SchoolAsync();
        await house.BehindOurBackAsync($"update audit_entries set at = now() - interval '6 years' where school_id = '{school.Id}'");
        await house.WriteAsync(school, second, LifetimesHouse.Ago(years));
        await house.WriteAsync(school, "guardian.changed", LifetimesHouse.Ago(1));
        await house.Records.SealAsync();
        return school;
    }

    private static string Of(string change, TestSchool school)
    {
        var last = $"(select max(position) from audit_seals where school_id = '{school.Id}')";
        string Entry(string position) => $"(select entry_id from audit_seals where school_id = '{school.Id}' and position = {position})";
        return change.Replace("{school}", $"'{school.Id}'", StringComparison.Ordinal).Replace("{position:last}", last, StringComparison.Ordinal)
            .Replace("{entry:last}", Entry(last), StringComparison.Ordinal).Replace("{entry:1}", Entry("1"), StringComparison.Ordinal)
            .Replace("{entry:3}", Entry("3"), StringComparison.Ordinal);
    }
}
