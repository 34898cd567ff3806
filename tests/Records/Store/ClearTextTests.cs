using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Records.Store;

/// <summary>A data folder from before texts were sealed: afterwards everything reads as before, and the tables' files hold none of it.</summary>
public sealed class ClearTextTests : IAsyncLifetime
{
    private static readonly string[] Tables =
    [
        "pupils", "guardians", "consent_answers", "consent_invalidations", "safeguarding_blocks", "photos", "screening_decisions", "concerns", "holds",
        "redactions", "publications", "removals",
    ];

    private readonly string data = Directory.CreateTempSubdirectory("photoguard-test-").FullName;
    private readonly Guid school = Guid.NewGuid(), office = Guid.NewGuid(), teacher = Guid.NewGuid(), photo = Guid.NewGuid(), dying = Guid.NewGuid();
    private readonly Guid pupil = Guid.NewGuid(), answer = Guid.NewGuid(), hold = Guid.NewGuid(), removal = Guid.NewGuid(), asked = Guid.NewGuid();
    private ServiceProvider services = null!;

    private NpgsqlDataSource Database => services.GetRequiredService<NpgsqlDataSource>();

    private KeyStore Keys => services.GetRequiredService<KeyStore>();

    public async Task InitializeAsync()
    {
        var cluster = await TestCluster.SharedAsync();
        services = new ServiceCollection().AddLogging().AddRecords(new PhotoGuardSettings(
            await cluster.CreateDatabaseAsync(), await cluster.CreateDatabaseAsync(), data, Path.Combine(data, "root.key"),
            $"disk:{Path.Combine(data, "blobs")}", "n1", "http://127.0.0.1", 40)).BuildServiceProvider();
        await RecordsWiring.Records(Database).MigrateAsync("lost_decoders");
        await Keys.PrepareAsync();
        await Keys.EnsureSchoolAsync(school);
        await Keys.CreatePhotoKeyAsync(school, photo);
        await FillAsync();
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Everything_reads_as_before_and_what_was_append_only_still_is()
    {
        await RecordsWiring.MigrateAsync(services);
        Assert.True(await RecordsWiring.Records(Database).IsCurrentAsync());

        await using var scope = services.CreateAsyncScope();
        T Of<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();
        var act = new Act(school, new Actor(ActorKind.Person, office, [Role.Office, Role.Safeguarding]));
        var found = await Of<PupilDesk>().FindAsync(act, "p-1", default);
        Assert.Equal(("Canarygiven", "Canaryfamily", new DateOnly(2013, 6, 15)), (found.GivenName, found.FamilyName, found.DateOfBirth));
        var guardian = Assert.Single(await Of<GuardianDesk>().ListAsync(act, "p-1", null, 9, default));
        Assert.Equal(("Canaryguardian", "canary@families.example"), (guardian.Name.Text, guardian.Email?.Text));
        var recorded = Assert.Single(await Of<ConsentRecorder>().ListAsync(act, "p-1", null, 9, default));
        Assert.Equal(("Canaryby", "Canaryinvalidation"), (recorded.ByName.Text, recorded.Invalidation?.Reason.Text));
        Assert.Equal("Canaryblock", (await Of<StandingReader>().ReadAsync(act, "p-1", null, default)).BlockReason);
        Assert.Equal("Canaryalt", (await Of<PhotoStandings>().FindAsync(school, photo, default))!.Photo.Alt?.Text);
        var held = Assert.Single(await Of<HoldList>().ListAsync(act, null, 9, default));
        Assert.Equal(("Canaryhold", "Canarynote"), (held.Hold.Reason.Text, held.Concern?.Note?.Text));
        Assert.Equal([new(0.25, 0.5, 0.125, 1d / 3)], (await Of<RedactionWork>().FindAsync(asked, default))!.Areas);
        var place = await Of<RemovalList>().FindAsync(act, removal, default);
        Assert.Equal(("Canaryplace", "https://canary.example/"), (place.Publication?.Where, place.Publication?.Url?.Text));
        place.Order.Open(await Keys.TextAsync(school, place.Publication!.Id));
        Assert.Equal("Canaryproof", place.Order.Proof?.Text);
        var decision = await Of<RecordsDb>().ScreeningDecisions.SingleAsync(row => row.PhotoId == photo);
        decision.Open(await Keys.TextAsync(school, photo));
        Assert.Equal("Canaryscreening", decision.Reason?.Text);
        // Its key is destroyed already: what was written about it opens with nothing.
        Assert.Null((await Of<PhotoStandings>().FindAsync(school, dying, default))!.Photo.Alt?.Text);
        Assert.DoesNotContain(await Of<Verification>().RunAsync(default), finding => finding.StartsWith("keys", StringComparison.Ordinal));

        foreach (var table in new[] { "consent_answers", "consent_invalidations", "screening_decisions", "concerns" })
            foreach (var change in new[] { $"delete from {table}", $"update {table} set school_id = school_id" })
                Assert.Equal(PostgresErrorCodes.IntegrityConstraintViolation, (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(change))).SqlState);
    }

    [Fact]
    public async Task The_tables_files_hold_none_of_it_any_more()
    {
        Assert.True(await CanariesInFilesAsync() > 50, "the files of today hold them in clear");
        Assert.NotEqual(0L, await ScalarAsync<long>("select count(*) from pg_stats where most_common_vals::text like '%Canary%'"));
        await RecordsWiring.MigrateAsync(services);
        Assert.Equal(0, await CanariesInFilesAsync());
    }

    [Fact]
    public async Task Nothing_is_dropped_before_it_is_sealed_and_what_was_cut_short_goes_on()
    {
        await Assert.ThrowsAsync<MigrationException>(() => RecordsWiring.Records(Database).MigrateAsync());
        Assert.Equal("Canaryhold", await ScalarAsync<string>("select clear_reason from holds"));
        // As far as a run came that died in the middle.
        await new ClearText(Database, Keys).SealAsync(default);
        await RunAsync("update guardians set name = null, email = null");
        await RunAsync("update photos set alt = null");

        await RecordsWiring.MigrateAsync(services);
        await RecordsWiring.MigrateAsync(services);

        var kept = await ScalarAsync<byte[]>("select alt from photos where id = $1", photo);
        var text = (SealedText)new SealedText.Converter().ConvertFromProvider(kept)!;
        text.Open(await Keys.TextAsync(school, photo), "photos.alt", photo);
        Assert.Equal("Canaryalt", text.Text);
    }

    private async Task<int> CanariesInFilesAsync()
    {
        await RunAsync("analyze");
        await RunAsync("checkpoint");
        var found = 0;
        foreach (var table in Tables.Append("pg_statistic"))
        {
            var file = Encoding.Latin1.GetString(await ScalarAsync<byte[]>($"select pg_read_binary_file(pg_relation_filepath('{table}'))"));
            found += file.Split("anary").Length - 1;
        }
        return found;
    }

    private async Task FillAsync()
    {
        var (activity, concern, publication, download) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await RunAsync($"""
            insert into schools (id, name, zone) values ('{school}', 'Old school', 'Europe/London');
            insert into policy_switches (school_id, profile, pupil_consent_age, given_in_writing, leavers_internal_only, rescue_days, tag_correction_days,
              untagged_reminder_days, untagged_destroy_days, retention_years, rejection_undo_seconds, import_wait_hours, brake_photos, brake_percent,
              publishing_roles, school_devices_only, other_cameras)
              values ('{school}', 'strict', 13, true, true, 0, 7, 3, 28, 2, 60, 24, 500, 20, array['editor'], true, 'refuse');
            insert into staff (id, school_id, name, roles) values ('{office}', '{school}', 'Office', array['office']), ('{teacher}', '{school}', 'Teacher', array['teacher']);
            insert into pupils (id, school_id, mis_id, given_name, family_name, date_of_birth, class_name)
              values ('{pupil}', '{school}', 'p-1', 'Canarygiven', 'Canaryfamily', '2013-06-15', '3B');
            insert into pupils (id, school_id, mis_id, given_name, family_name, date_of_birth, class_name)
              select gen_random_uuid(), '{school}', 'q-' || nth, 'Canarygiven' || nth, 'Canaryfamily', '2015-01-01', '3B' from generate_series(1, 20) as nth;
            insert into guardians (id, school_id, pupil_id, guardian_id, name, email, responsibility)
              values (gen_random_uuid(), '{school}', '{pupil}', 'g1', 'Canaryguardian', 'canary@families.example', true);
            insert into consent_answers (id, school_id, pupil_id, channel, answer, by_kind, by_name, route, notice_version, answered_at, recorded_by)
              values ('{answer}', '{school}', '{pupil}', 'internal', 'given', 'guardian', 'Canaryby', 'paper', '1', now(), '{office}');
            insert into consent_invalidations (answer_id, school_id, reason, invalidated_by) values ('{answer}', '{school}', 'Canaryinvalidation', '{office}');
            insert into safeguarding_blocks (id, school_id, pupil_id, reason, placed_by) values (gen_random_uuid(), '{school}', '{pupil}', 'Canaryblock', '{office}');
            insert into activities (id, school_id, title, purpose, held_on, channels, afterwards, created_by)
              values ('{activity}', '{school}', 'Wall', 'Art', '2026-01-01', array['internal'], 'Deleted', '{teacher}');
            insert into photos (id, school_id, activity_id, family_id, uploaded_by, kind, width, height, bytes, taken_at, taken_from, delete_after, alt)
              select id, '{school}', '{activity}', id, '{teacher}', 'jpeg', 1, 1, 1, now(), 'received', now() + interval '1 year', 'Canaryalt'
              from unnest(array['{photo}', '{dying}']::uuid[]) as id;
            insert into tombstones (photo_id, school_id, cause, order_id) values ('{dying}', '{school}', 'erasure', gen_random_uuid());
            insert into screening_decisions (id, school_id, photo_id, uploaded_by, decision, reason, decided_by)
              values (gen_random_uuid(), '{school}', '{photo}', '{teacher}', 'rejected', 'Canaryscreening', '{office}');
            insert into concerns (id, school_id, photo_id, kind, note, raised_by) values ('{concern}', '{school}', '{photo}', 'other', 'Canarynote', '{office}');
            insert into holds (id, school_id, photo_id, concern_id, reason, review_on, placed_by)
              values ('{hold}', '{school}', '{photo}', '{concern}', 'Canaryhold', '2030-01-01', '{office}');
            insert into redactions (photo_id, school_id, source_id, boxes, fill, nobody_else, asked_by, failed) values
              ('{asked}', '{school}', '{photo}', array[0.25, 0.5, 0.125, 1::float8 / 3], 'solid', false, '{office}', null),
              (gen_random_uuid(), '{school}', '{photo}', array[]::float8[], 'solid', false, '{office}', 'duplicate');
            insert into publications (id, school_id, photo_id, channel, kind, place, url, taker_id, published_by) values
              ('{publication}', '{school}', '{photo}', 'website', 'manual', 'Canaryplace', 'https://canary.example/', '{office}', '{office}'),
              ('{download}', '{school}', '{photo}', 'website', 'download', 'download', null, '{office}', '{office}');
            insert into removals (id, school_id, photo_id, place, publication_id, channel, cause, not_before, done_at, done_by, proof)
              values ('{removal}', '{school}', '{photo}', 'publication', '{publication}', 'website', 'erasure', now(), now(), '{office}', 'Canaryproof');
            """);
    }

    private async Task RunAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        // A checkpoint writes what every test beside this one has left to be written.
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
