using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Pupils;

/// <summary>What is kept about a pupil who has left and is in no picture is erased, and nothing opens what a file still holds of it.</summary>
public sealed class PupilErasureTests(TestApi api) : IClassFixture<TestApi>
{
    private static readonly DateOnly LongAgo = TestSchool.Today.AddDays(-30);

    private KeyStore Keys => api.Records.Services.GetRequiredService<KeyStore>();

    [Fact]
    public async Task After_it_only_the_tombstone_and_the_audit_know_the_pupil()
    {
        var school = await api.SchoolAsync();
        var pupil = await FullAsync(school);
        var id = await IdAsync(school, pupil);
        var neighbour = await FullAsync(school);
        Assert.NotNull(await Keys.TextAsync(school.Id, id));

        await EraseAsync(Act.OfSystem(school.Id), id);

        Assert.Equal(["audit_entries", "pupil_tombstones"], await KnowingAsync(id));
        Assert.Null(await Keys.TextAsync(school.Id, id));
        Assert.Equal("pupil.erased", (await api.Records.EventsAsync(school.Id))[^1]);
        var office = await school.OfficeAsync();
        (await office.GetAsync($"{pupil.Path}/standing")).MustRefuse(404, "not-found");
        (await office.GetAsync($"{pupil.Path}/consents")).MustRefuse(404, "not-found");
        Assert.Equal(neighbour.MisId, Assert.Single((await office.GetAsync("pupils")).Must(200).Items).GetProperty("misId").GetString());
        Assert.Single((await office.GetAsync($"{neighbour.Path}/guardians")).Must(200).Items, item => item.GetProperty("name").GetString() == "Grace Hopper");

        // Harmless when repeated, and told once. The number can be given to somebody else.
        await EraseAsync(Act.OfSystem(school.Id), id);
        Assert.Single(await api.Records.EventsAsync(school.Id), name => name == "pupil.erased");
        (await office.PutAsync(pupil.Path, new { givenName = "Alan", familyName = "Turing", dateOfBirth = "2016-02-03", className = "4C" })).Must(201);
    }

    [Fact]
    public async Task Nobody_is_erased_who_is_there_in_a_picture_or_blocked_nor_by_whom_it_is_not_for()
    {
        var school = await api.SchoolAsync();
        var office = await ActAsync(school, Role.Office);
        var here = await IdAsync(school, await school.PupilAsync());
        Assert.Equal("pupil-not-left", await RefusedAsync(office, here));
        var today = await IdAsync(school, await school.PupilAsync(leftOn: TestSchool.Today.AddDays(1)));
        Assert.Equal("pupil-not-left", await RefusedAsync(office, today));

        var shown = await school.PupilAsync(leftOn: LongAgo);
        await shown.AnswerAsync(Channel.Internal, Answer.Given);
        var photo = await school.UploadAsync(await school.ActivityAsync());
        await school.LinkAsync(photo, shown);
        Assert.Equal("pupil-in-pictures", await RefusedAsync(office, await IdAsync(school, shown)));
        await school.LinkAsync(photo);
        await EraseAsync(office, await IdAsync(school, shown));

        var blocked = await school.PupilAsync(leftOn: LongAgo);
        (await (await school.SafeguardingAsync()).PostAsync($"{blocked.Path}/block", new { reason = "Ask me first" })).Must(200);
        var id = await IdAsync(school, blocked);
        Assert.Equal("pupil-blocked", await RefusedAsync(Act.OfSystem(school.Id), id));
        (await (await school.SafeguardingAsync()).DeleteAsync($"{blocked.Path}/block")).Must(200);
        Assert.Equal("role-may-not", await RefusedAsync(await ActAsync(school, Role.Teacher), id));
        Assert.Equal("not-found", await RefusedAsync(Act.OfSystem((await api.SchoolAsync()).Id), id));
        await EraseAsync(office, id);
        Assert.Equal("role-may-not", await RefusedAsync(await ActAsync(school, Role.Teacher), id));
    }

    [Fact]
    public async Task Cut_short_before_the_key_it_is_ended_by_the_sweep()
    {
        var school = await api.SchoolAsync();
        var id = await IdAsync(school, await FullAsync(school));
        await EraseAsync(Act.OfSystem(school.Id), id);
        // As a process leaves it that dies after the commit.
        await Keys.CreateAsync(KeyOf.Pupil, school.Id, id);
        await using (var age = api.Records.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase)
            .CreateCommand("update pupil_keys set created_at = created_at - interval '2 h'")) await age.ExecuteNonQueryAsync();
        var living = await IdAsync(school, await FullAsync(school));
        Assert.Contains(await api.Records.RunAsync<Verification, IReadOnlyList<string>>(look => look.RunAsync(default)), finding => finding == $"keys: {id} is no pupil's");

        await api.Records.RunAsync<ObjectSweep, ObjectSweepResult>(sweep => sweep.SweepAllAsync(default));

        Assert.Null(await Keys.TextAsync(school.Id, id));
        Assert.NotNull(await Keys.TextAsync(school.Id, living));
    }

    [Theory]
    [InlineData("delete from pupils")]
    [InlineData("delete from consent_answers")]
    [InlineData("delete from consent_invalidations")]
    [InlineData("update consent_answers set expires_on = null")]
    [InlineData("update pupil_tombstones set at = now()")]
    [InlineData("delete from pupil_tombstones")]
    public async Task Without_a_tombstone_nothing_of_a_pupil_is_deleted_and_a_tombstone_stays(string change)
    {
        var school = await api.SchoolAsync();
        await FullAsync(school);
        await EraseAsync(Act.OfSystem(school.Id), await IdAsync(school, await school.PupilAsync(leftOn: LongAgo)));
        await using var command = api.Records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(change);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.IntegrityConstraintViolation, refused.SqlState);
    }

    /// <summary>A pupil with something in every table that can hold something of one.</summary>
    private static async Task<TestPupil> FullAsync(TestSchool school)
    {
        var (office, lead) = (await school.OfficeAsync(), await school.SafeguardingAsync());
        var pupil = await school.PupilAsync(leftOn: LongAgo);
        (await office.PutAsync($"{pupil.Path}/guardians/g1", new { name = "Grace Hopper", email = "grace@families.example", responsibility = true })).Must(201);
        var answer = await pupil.AnswerAsync(Channel.Internal, Answer.Given);
        await pupil.AnswerAsync(Channel.Website, Answer.Refused);
        (await office.PostAsync($"consents/{answer}/invalidation", new { reason = "Another child" })).Must(200);
        (await lead.PostAsync($"{pupil.Path}/block", new { reason = "Ask me first" })).Must(200);
        (await lead.DeleteAsync($"{pupil.Path}/block")).Must(200);
        return pupil;
    }

    private Task<Guid> IdAsync(TestSchool school, TestPupil pupil) =>
        api.Records.ScalarAsync<Guid>("select id from pupils where school_id = $1 and mis_id = $2", school.Id, pupil.MisId);

    private static async Task<Act> ActAsync(TestSchool school, Role role) =>
        new(school.Id, new Actor(ActorKind.Person, (await school.AsAsync(role)).Id, [role]));

    private Task EraseAsync(Act act, Guid pupil) => api.Records.RunAsync<PupilErasure>(erasure => erasure.EraseAsync(act, pupil, default));

    private async Task<string> RefusedAsync(Act act, Guid pupil) => (await Assert.ThrowsAsync<Refusal>(() => EraseAsync(act, pupil))).Type;

    /// <summary>Tables in which any column of any row holds the id.</summary>
    private async Task<string[]> KnowingAsync(Guid id)
    {
        var knowing = new List<string>();
        foreach (var table in await api.Records.ScalarAsync<string[]>(
            "select array_agg(table_name::text order by table_name) from information_schema.tables where table_schema = 'public'"))
        {
            if (await api.Records.ScalarAsync<bool>($"select exists (select from {table} as it where it::text like '%' || $1 || '%')", id.ToString())) knowing.Add(table);
        }
        return [.. knowing];
    }
}
