using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Pupils;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;
using PhotoGuard.Tests.Records.Keys;
using PhotoGuard.Workers.Demo;
using Xunit.Abstractions;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>
/// Everything that a photo and a pupil bring with them is known here, and looked for in every file of the service: store, data folder, both
/// databases, write-ahead log and PostgreSQL's own log, shared memory and temporary files. Nothing of it is readable while the records
/// live, so that nothing depends on what vacuum or the log leave behind when they are gone.
/// </summary>
public sealed class ResidueTests(ITestOutputHelper output) : IAsyncLifetime
{
    // The one text of this test that is kept in clear, on purpose (decision 0015): the scanner must find it.
    private const string Title = "Canary-title Xq7 of a wall";

    private readonly ResidueScan scan = new();
    private readonly Dictionary<Guid, byte[]> schoolKeys = [], wrapped = [];
    private TestCluster cluster = null!;
    private TestApi api = null!;
    private TestSchool school = null!;

    private KeyStore Keys => api.Records.Services.GetRequiredService<KeyStore>();

    private NpgsqlDataSource KeysDatabase => api.Records.Services.GetRequiredKeyedService<NpgsqlDataSource>(RecordsWiring.KeysDatabase);

    public async Task InitializeAsync()
    {
        // A cluster of its own: nobody else's files are looked through.
        cluster = await TestCluster.StartAsync();
        var records = await TestRecords.CreateAsync(cluster: cluster);
        api = await TestApi.OverAsync(records, new LogFile(Path.Combine(records.Settings.Data, "api.log")));
        school = await api.SchoolAsync();
    }

    public async Task DisposeAsync()
    {
        await api.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_of_a_photo_or_a_pupil_is_readable_in_any_file_before_or_after_their_end()
    {
        await using var workers = await TestWorkers.StartAsync(api.Records.Settings, services =>
            services.AddSingleton<ILoggerProvider>(new LogFile(Path.Combine(api.Records.Settings.Data, "workers.log"))));
        var pupil = await PupilAsync();
        await AskForWhatIsRefusedAsync();
        var activity = await ActivityAsync();
        var photo = await PhotoAsync(activity, pupil);
        var redacted = await RedactedAsync(photo);
        await AddObjectsAsync(photo);
        await AddObjectsAsync(redacted);

        await MustFindOnlyTheTitleAsync("while they live");
        await MustFindWhatIsPlantedAsync(photo);

        await DestroyAsync(photo, redacted);
        await EraseAsync(pupil);
        await MustFindOnlyTheTitleAsync("after their end");

        var root = RootKey.LoadOrCreate(api.Records.Settings.RootKey);
        Assert.True(AnyOpens(), "what the files keep of the keys' rows opens until the epoch ends");
        await new KeyEpochs(KeysDatabase, root).EndAsync(default);
        Assert.False(AnyOpens());

        bool AnyOpens() => wrapped.Any(row => KeyRemnants.Open(
            Path.GetDirectoryName(root.Description)!, root, school.Id, row.Key, schoolKeys[school.Id], row.Value));
    }

    private async Task<Guid> PupilAsync()
    {
        var (office, lead) = (await school.OfficeAsync(), await school.SafeguardingAsync());
        await PutAsync(null);
        (await office.PutAsync("pupils/r-1/guardians/g-1", new
        {
            name = Known("guardian's name", "Canary-guardian Wendeline"),
            email = Known("guardian's address", "canary-mail@families.example"),
            responsibility = true,
        })).Must(201);
        foreach (var channel in new[] { "internal", "website" })
        {
            (await office.PostAsync("pupils/r-1/consents", new
            {
                channel, answer = "given", by = new { kind = "guardian", name = Known("who answered", "Canary-answerer Theodolinde") }, route = "paper", noticeVersion = "1",
            })).Must(201);
        }
        var wrong = (await office.PostAsync("pupils/r-1/consents", new
        {
            channel = "press", answer = "refused", by = new { kind = "guardian", name = "Canary-answerer Theodolinde" }, route = "paper", noticeVersion = "1",
        })).Must(201).Id;
        (await office.PostAsync($"consents/{wrong}/invalidation", new { reason = Known("reason of an invalidation", "Canary-error was her cousin") })).Must(200);
        (await lead.PostAsync("pupils/r-1/block", new { reason = Known("reason of a block", "Canary-block court order") })).Must(200);
        (await lead.DeleteAsync("pupils/r-1/block")).Must(200);
        return await api.Records.ScalarAsync<Guid>("select id from pupils where mis_id = 'r-1'");
    }

    /// <summary>What is refused, or fails in the database, is told without what was in it.</summary>
    private async Task AskForWhatIsRefusedAsync()
    {
        var (office, body) = (await school.OfficeAsync(), Known("what was refused", "Canary-refused Ethelburga"));
        (await office.PutAsync("pupils/r-2", new { givenName = body, familyName = body, dateOfBirth = "2999-01-01", className = body })).MustRefuse(422, "invalid");
        (await office.PostTextAsync("pupils/r-1/consents", $$"""{"channel":"{{body}}"}""")).Must(400, 422);
        // The page asks by the address.
        (await office.GetAsync($"pupils?class={Uri.EscapeDataString(body)}")).Must(200);
        await using var taken = await api.Records.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var locked = await taken.BeginTransactionAsync();
        await using (var rename = new NpgsqlCommand("alter table guardians rename to elsewhere", taken)) await rename.ExecuteNonQueryAsync();
        await locked.CommitAsync();
        (await office.PutAsync("pupils/r-1/guardians/g-2", new { name = body, email = "canary-refused@families.example", responsibility = true })).MustRefuse(500, "failed");
        await using (var back = new NpgsqlCommand("alter table elsewhere rename to guardians", taken)) await back.ExecuteNonQueryAsync();
        Assert.Contains("PostgresException", File.ReadAllText(Path.Combine(api.Records.Settings.Data, "api.log")), StringComparison.Ordinal);
    }

    private async Task PutAsync(DateOnly? leftOn) => (await (await school.OfficeAsync()).PutAsync("pupils/r-1", new
    {
        givenName = Known("given name", "Canary-Ermintrude"),
        familyName = Known("family name", "Canary-Öxenfoord"),
        dateOfBirth = "2016-04-05",
        className = "3B",
        leftOn,
    })).Must(200, 201);

    private async Task<Guid> ActivityAsync()
    {
        Known("title", Title);
        var id = (await (await school.TeacherAsync()).PostAsync("activities", new
        {
            title = Title, purpose = "Art", heldOn = TestSchool.Today, channels = new[] { "website" }, afterwards = "Deleted",
        })).Must(201).Id;
        (await (await school.ScreenerAsync()).PostAsync($"activities/{id}/approval", new { decision = "approved" })).Must(200);
        return id;
    }

    private async Task<Guid> PhotoAsync(Guid activity, Guid pupil)
    {
        var (teacher, screener, editor, lead) =
            (await school.TeacherAsync(), await school.ScreenerAsync(), await school.EditorAsync(), await school.SafeguardingAsync());
        var file = Known("name of the file", "IMG_Canary_0147.jpg");
        var picture = DemoPictures.Jpeg(new DemoPicture
        {
            Seed = 90210, Width = 1200, Height = 900, TakenAt = DateTimeOffset.UtcNow.AddDays(-1),
            City = Known("town", "Canary-upon-Tyne"), Comment = $"{file} {Known("comment in the picture", "Canary-comment by iPad 07")}",
        });
        Known("latitude", "53.742310");
        Known("longitude", "-2.013027");
        Known("number of the camera", "DMPXK0Q1F9K7");
        scan.Content("what was sent", picture);

        using var content = new ByteArrayContent(picture);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = file };
        var photo = (await teacher.SendAsync(HttpMethod.Post, $"photos?activity={activity}", content, key: "canary")).Must(201).Id;
        (await teacher.PutAsync($"photos/{photo}/pupils", new { pupils = new[] { "r-1" }, nobodyElse = true })).Must(200);
        (await teacher.PutAsync($"photos/{photo}/description", new { alt = Known("description", "Canary-alt two children paint") })).Must(200);
        (await screener.PostAsync($"photos/{photo}/screening", new { decision = "accepted", reason = Known("reason of a screening", "Canary-screened fine") })).Must(200);
        await Eventually.IsAsync("renditions", async () => (await screener.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("renditions").GetArrayLength() == 3);
        (await editor.PostAsync($"photos/{photo}/publications", new
        {
            channel = "website", place = Known("place of a copy", "Canary-place page of 3B"), url = Known("address of a copy", "https://canary.example/3b"),
        })).Must(201);
        (await teacher.PostAsync($"photos/{photo}/concerns", new { kind = "other", note = Known("note of a concern", "Canary-note looks unhappy") })).Must(201);
        (await lead.PostAsync($"photos/{photo}/holds", new { reason = Known("reason of a hold", "Canary-hold police asked"), reviewOn = TestSchool.Today.AddDays(9) })).Must(201);
        // The list opens them: what is read must not be written anywhere either.
        Assert.Equal(2, (await lead.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("holds").GetArrayLength());
        var second = await school.PersonAsync(Role.Safeguarding, "A second one");
        foreach (var hold in await api.Records.ScalarAsync<Guid[]>("select array_agg(id) from holds"))
        {
            (await lead.PostAsync($"holds/{hold}/release")).Must(202);
            (await second.PostAsync($"holds/{hold}/release")).Must(200);
        }
        Assert.Contains("Canary-alt", (await teacher.GetAsync($"photos/{photo}")).Must(200).Text, StringComparison.Ordinal);
        return photo;
    }

    private async Task<Guid> RedactedAsync(Guid photo)
    {
        Known("place of a child", "0.123456789 0.2345");
        var redacted = (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/redactions", new
        {
            boxes = new[] { new { left = 0.123456789, top = 0.2345, width = 0.2, height = 0.2 } }, fill = "average",
        })).Must(201).Id;
        await Eventually.IsAsync("renditions of the redaction", async () =>
            await api.Records.ScalarAsync<long>("select count(*) from objects where photo_id = $1 and stored_at is not null", redacted) == 3);
        return redacted;
    }

    /// <summary>Every object as it is in memory when it is opened.</summary>
    private async Task AddObjectsAsync(Guid photo)
    {
        var key = (await Keys.OpenAsync(school.Id, photo))!;
        var blobs = api.Records.Services.GetRequiredService<IBlobStore>();
        var objects = await api.Records.RunAsync<RecordsDb, List<StoredObject>>(db => db.Objects.Where(item => item.PhotoId == photo).ToListAsync());
        Assert.Equal([ObjectKind.Original, ObjectKind.Thumb, ObjectKind.Web], objects.Select(item => item.Kind).Order());
        foreach (var item in objects)
        {
            await using var plain = await Envelope.OpenReadAsync(await blobs.OpenAsync(item.Name), key, item.Name);
            var bytes = new byte[plain.Length];
            await plain.ReadExactlyAsync(bytes);
            scan.Content($"{Words.Of(item.Kind)} of {photo}", bytes);
        }
    }

    private async Task MustFindOnlyTheTitleAsync(string when)
    {
        foreach (var database in new[] { api.Records.Services.GetRequiredService<NpgsqlDataSource>(), KeysDatabase })
        {
            await using var checkpoint = database.CreateCommand("checkpoint");
            await checkpoint.ExecuteNonQueryAsync();
        }
        var found = scan.Find(Roots);
        output.WriteLine($"{when}: {scan.Looked / 1_000_000} MB looked at, {found.Count} found");
        Assert.DoesNotContain(found, line => !line.StartsWith("title (UTF-8)", StringComparison.Ordinal));
        // Not blind: it is in the table's file, and in the write-ahead log.
        Assert.Contains(found, line => line.Contains("/base/", StringComparison.Ordinal));
        Assert.Contains(found, line => line.Contains("/pg_wal/", StringComparison.Ordinal));
    }

    /// <summary>What would be found if it were there, in the places that are empty.</summary>
    private async Task MustFindWhatIsPlantedAsync(Guid photo)
    {
        var (path, bytes) = (Path.Combine(api.Records.Settings.Data, "planted"), (await (await school.ScreenerAsync()).GetAsync($"photos/{photo}/renditions/web")).Must(200).Bytes);
        File.WriteAllBytes(path, [1, 2, 3, .. bytes.AsSpan(bytes.Length / 2, 512), .. System.Text.Encoding.Unicode.GetBytes("Canary-Öxenfoord")]);
        Assert.Equal([$"family name (UTF-16): {path}", $"web of {photo}: {path}"], scan.Find(path));
        File.Delete(path);
    }

    private IEnumerable<string> Roots =>
    [
        api.Records.Settings.Data,
        new NpgsqlConnectionStringBuilder(cluster.Superuser).Host!,
        // Where tests lie in memory, what lies there besides is the databases' shared memory.
        .. Directory.GetFileSystemEntries("/dev/shm").Where(path => !Path.GetFileName(path).StartsWith("photoguard", StringComparison.Ordinal)),
        // What the product itself puts there; other tests' folders are theirs.
        .. Directory.GetFileSystemEntries(Path.GetTempPath(), "photoguard-*").Where(path =>
            !Path.GetFileName(path).StartsWith("photoguard-test-", StringComparison.Ordinal) && Path.GetFileName(path).Count(letter => letter == '-') == 1),
    ];

    private async Task DestroyAsync(Guid photo, Guid redacted)
    {
        var (head, editor) = (await school.HeadAsync(), await school.EditorAsync());
        await RememberKeysAsync();
        (await head.PostAsync($"photos/{photo}/erasure", new { reason = Known("reason of an erasure", "Canary-erasure asked by her") })).Must(202);
        foreach (var gone in new[] { photo, redacted })
            await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{gone}/certificate")).Status == 200);
        var copy = (await editor.GetAsync("removals?state=open")).Must(200).Items.Single(item => item.GetProperty("place").GetString() == "publication");
        Assert.Equal("Canary-place page of 3B", copy.GetProperty("where").GetString());
        (await editor.PostAsync($"removals/{copy.GetProperty("id").GetGuid()}/done", new { proof = Known("proof", "Canary-proof page is empty") })).Must(200);
    }

    private async Task EraseAsync(Guid pupil)
    {
        await PutAsync(TestSchool.Today.AddDays(-2));
        await api.Records.RunAsync<PupilErasure>(erasure => erasure.EraseAsync(Act.OfSystem(school.Id), pupil, default));
        Assert.Null(await Keys.TextAsync(school.Id, pupil));
    }

    /// <summary>The rows of keys that are about to be destroyed, as somebody with the disk could put them together again.</summary>
    private async Task RememberKeysAsync()
    {
        await using var select = KeysDatabase.CreateCommand("""
            select photo_id, wrapped, true from photo_keys union all select pupil_id, wrapped, true from pupil_keys
            union all select school_id, wrapped, false from school_keys
            """);
        await using var rows = await select.ExecuteReaderAsync();
        while (await rows.ReadAsync()) (rows.GetBoolean(2) ? wrapped : schoolKeys)[rows.GetGuid(0)] = rows.GetFieldValue<byte[]>(1);
        Assert.Equal(3, wrapped.Count);
    }

    /// <summary>From now on looked for.</summary>
    private string Known(string what, string text)
    {
        scan.Text(what, text);
        return text;
    }
}
