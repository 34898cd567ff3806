using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Flows;

/// <summary>
/// A row in every table and an object of every kind for one photo; after the purge only what is written here still knows it.
/// </summary>
public sealed class PurgeLeavesNothingTests(TestApi api) : IClassFixture<TestApi>
{
    /// <summary>What may still know a destroyed photo, and every column of it: ids, instants and words of ours, nothing personal.</summary>
    private static readonly Dictionary<string, string[]> Know = new()
    {
        ["tombstones"] = ["photo_id", "school_id", "cause", "order_id", "at"],
        ["certificates"] = ["photo_id", "school_id", "cause", "opened_at", "tombstoned_at", "key_destroyed_at", "objects_deleted", "looked_at", "store", "erasure", "issued_at"],
        ["removals"] = [
            "id", "school_id", "photo_id", "place", "publication_id", "channel", "cause", "purge_id", "opened_at", "opened_by", "not_before",
            "cancelled_at", "tombstoned_at", "key_destroyed_at", "looked_at", "done_at", "done_by", "proof", "attempts", "last_error", "overdue_told"],
        // Disclosures (P17): where a copy went, so that it can be called back.
        ["publications"] = ["id", "school_id", "photo_id", "channel", "kind", "place", "url", "taker_id", "published_by", "published_at"],
        ["picture_digests"] = ["school_id", "digest", "photo_id", "destroyed_at"],
        // A redaction that lives on: which photo, by its id alone, it was made from.
        ["redactions"] = [
            "photo_id", "school_id", "source_id", "boxes", "fill", "pupils", "nobody_else", "asked_by", "asked_at", "made_at", "failed"],
        ["feed_items"] = ["school_id", "channel", "photo_id", "position", "changed_at"],
        ["feed_told"] = ["school_id", "channel", "photo_id", "told_at"],
        ["feed_changes"] = ["id", "school_id", "channel", "photo_id", "at"],
        ["idempotency_answers"] = ["token_id", "key", "school_id", "digest", "status", "resource_id", "photo_id", "created_at", "lease_until"],
        ["audit_entries"] = [
            "id", "school_id", "at", "event", "actor_kind", "actor_id", "token_id", "device_id", "photo_id", "subject_kind", "subject_id", "details"],
    };

    private static readonly string[] Forget = ["photos", "photo_pupils", "screening_decisions", "concerns", "holds", "police_exports", "objects", "work"];

    /// <summary>Tables that never hold anything of one photo.</summary>
    private static readonly string[] NeverAboutAPhoto =
    [
        "schools", "policy_switches", "staff", "devices", "device_enrolments", "enrolment_tries", "upload_grants", "access_tokens", "sign_in_links", "sign_in_steps", "sign_in_tries", "sessions", "staff_identities", "passkeys", "recovery_codes", "known_browsers", "known_networks", "pupils", "pupil_tombstones", "guardians", "consent_answers",
        "consent_invalidations", "safeguarding_blocks", "date_turns", "activities", "activity_decisions", "purges", "audit_unsealed", "audit_seals",
        "feed_heads", "schema_migrations", "workers", "clock", "clock_jumps", "sweeps", "audit_bridges", "restores", "ledger_marks", "lifetime_runs", "backups", "access_alarms", "access_watches", "refused_looks",
    ];

    [Fact]
    public async Task After_the_purge_only_the_written_list_still_knows_the_photo()
    {
        var school = await api.SchoolAsync();
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var activity = await school.ActivityAsync(channels: [Channel.Website]);
        var pupil = await school.ClearedPupilAsync(Channel.Website);
        var photo = await FullAsync(school, activity, pupil);
        var neighbour = await FullAsync(school, activity, pupil);
        await EveryListHasARowAsync(photo);
        var neighbourBefore = await KnownAsync(neighbour);

        await TimePassesAsync(photo);
        var purge = await api.Records.RunAsync<Purges, Purge>(purges => purges.StartAsync(Act.OfSystem(school.Id), dryRun: false, default));
        Assert.Equal(1, purge.Due);
        await Eventually.IsAsync("the purge's end", async () =>
            await api.Records.ScalarAsync<string>("select state from purges where id = $1", purge.Id) == "done");

        var after = await KnownAsync(photo);
        // Its redaction lives on, in the family that has its id; its own row is gone.
        Assert.DoesNotContain($"({photo},", after["photos"], StringComparison.Ordinal);
        after.Remove("photos");
        Assert.All(after.Keys, table => Assert.Contains(table, Know.Keys));
        foreach (var needed in new[] { "tombstones", "certificates", "removals", "audit_entries", "publications", "picture_digests" })
            Assert.Contains(needed, after.Keys);
        Assert.Empty(ObjectsOf(photo));
        Assert.Equal(0L, await KeysOfAsync(photo));

        // What runs by itself may go on telling and logging; the neighbour's own rows stay as they were.
        var neighbourAfter = await KnownAsync(neighbour);
        foreach (var table in Forget.Concat(["publications", "picture_digests", "feed_told"]).Except(["work"]))
            Assert.Equal(neighbourBefore[table], neighbourAfter[table]);
        Assert.NotEmpty(ObjectsOf(neighbour));
        Assert.Equal(1L, await KeysOfAsync(neighbour));
        (await (await school.EditorAsync()).GetAsync($"channels/website/photos/{neighbour}/web")).Must(200);
    }

    [Fact]
    public async Task Every_table_is_on_a_list_and_what_may_know_has_no_column_that_is_not_written_down()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings);
        var columns = await ColumnsAsync();
        var listed = Know.Keys.Concat(Forget).Concat(NeverAboutAPhoto).ToHashSet();
        Assert.Equal(columns.Keys.Where(table => !table.StartsWith("qrtz_", StringComparison.Ordinal)).Order(), listed.Order());
        foreach (var (table, allowed) in Know) Assert.Equal(allowed.Order(), columns[table].Order());
    }

    /// <summary>A photo with something in every table that can hold something of it, released from its hold again.</summary>
    private async Task<Guid> FullAsync(TestSchool school, Guid activity, TestPupil pupil)
    {
        var (teacher, screener, editor) = (await school.TeacherAsync(), await school.ScreenerAsync(), await school.EditorAsync());
        var photo = (await teacher.PostBytesAsync($"photos?activity={activity}", TestPhotos.Picture(), key: Guid.NewGuid().ToString())).Must(201).Id;
        await school.LinkAsync(photo, pupil);
        (await teacher.PutAsync($"photos/{photo}/description", new { alt = "Children paint a wall" })).Must(200);
        await school.AcceptAsync(photo);
        await Eventually.IsAsync("renditions", async () =>
            (await screener.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("renditions").GetArrayLength() == 3);
        (await screener.GetAsync($"photos/{photo}/renditions/print")).Must(200);
        await Eventually.IsAsync("told to the website", async () =>
            (await editor.GetAsync("channels/website/photos")).Must(200).Items.Any(item => item.GetProperty("id").GetGuid() == photo));
        (await editor.GetAsync($"channels/website/photos/{photo}/web")).Must(200);
        (await editor.PostAsync($"photos/{photo}/publications", new { channel = "website", place = "Home page", url = "https://school.example/" })).Must(201);

        (await screener.PostAsync($"photos/{photo}/redactions", new
        {
            boxes = new[] { new { left = 0.1, top = 0.1, width = 0.2, height = 0.2 } },
            fill = "solid",
        })).Must(201);
        (await screener.PostAsync($"photos/{photo}/concerns", new { kind = "other", note = "looks unhappy" })).Must(201);
        (await (await school.SafeguardingAsync()).PostAsync($"photos/{photo}/police-export")).Must(202);
        var hold = await api.Records.ScalarAsync<Guid>("select id from holds where photo_id = $1", photo);
        (await (await school.SafeguardingAsync()).PostAsync($"holds/{hold}/release")).Must(202);
        (await (await school.PersonAsync(Role.Safeguarding, "A second one")).PostAsync($"holds/{hold}/release")).Must(200);
        return photo;
    }

    private async Task EveryListHasARowAsync(Guid photo)
    {
        var known = await KnownAsync(photo);
        // These two come with the destruction itself; feed changes and work pass through within a second.
        string[] passing = ["tombstones", "certificates", "feed_changes", "work"];
        Assert.All(Know.Keys.Concat(Forget).Except(passing), table => Assert.Contains(table, known.Keys));
        Assert.Equal(["original", "print", "thumb", "web"], ObjectsOf(photo).Select(Path.GetFileName).Order());
    }

    /// <summary>Two years, as far as this photo is concerned.</summary>
    private Task<long> TimePassesAsync(Guid photo) => api.Records.ScalarAsync<long>(
        "with due as (update photos set delete_after = now() - interval '1 second' where id = $1 returning 1) select count(*) from due", photo);

    /// <summary>Tables in which any column of any row holds the id, with those rows.</summary>
    private async Task<Dictionary<string, string>> KnownAsync(Guid photo)
    {
        var known = new Dictionary<string, string>();
        foreach (var table in (await ColumnsAsync()).Keys)
        {
            var rows = await api.Records.ScalarAsync<string>(
                $"select coalesce(string_agg(it::text, E'\\n' order by it::text), '') from {table} as it where it::text like '%' || $1 || '%'", photo.ToString());
            if (rows.Length > 0) known[table] = rows;
        }
        return known;
    }

    private async Task<Dictionary<string, string[]>> ColumnsAsync()
    {
        await using var command = api.Records.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            """
            select table_name::text, array_agg(column_name::text)
            from information_schema.columns join information_schema.tables using (table_schema, table_name)
            where table_schema = 'public' and table_type = 'BASE TABLE' group by 1
            """);
        await using var rows = await command.ExecuteReaderAsync();
        var columns = new Dictionary<string, string[]>();
        while (await rows.ReadAsync()) columns[rows.GetString(0)] = rows.GetFieldValue<string[]>(1);
        return columns;
    }

    private string[] ObjectsOf(Guid photo) => Directory.GetFiles(Path.Combine(api.Records.Settings.Data, "blobs"), "*", SearchOption.AllDirectories)
        .Where(file => file.Contains(photo.ToString(), StringComparison.Ordinal)).ToArray();

    private async Task<long> KeysOfAsync(Guid photo)
    {
        await using var command = api.Records.Services.GetRequiredKeyedService<NpgsqlDataSource>("keys").CreateCommand(
            "select count(*) from photo_keys where photo_id = $1");
        command.Parameters.AddWithValue(photo);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
