using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Consent;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Faults.Recovery;

/// <summary>What a drill found. Nothing may be in the two lists.</summary>
/// <param name="Resurrected">Photos that are to be had after the restore and were not just before the disaster.</param>
/// <param name="ServedBeforeReplay">Answers with anything in them before the records were told what happened since.</param>
/// <param name="Lost">Photos that were in the backup, kept until the disaster, and are not there any more: too strict.</param>
public sealed record DrillFound(
    int Seed, int Photos, int ServableBefore, int ServableAfter, IReadOnlyList<string> Resurrected, IReadOnlyList<string> ServedBeforeReplay,
    IReadOnlyList<string> Lost, int Probes, IReadOnlyList<string> Verified);

/// <summary>
/// A school lives for a while; at some moments a backup and a copy of the keys are made; then everything is lost but those and the ledger,
/// and is restored elsewhere. A prober asks the restored service for every picture all the time.
/// </summary>
public sealed class RestoreDrill(int seed)
{
    private const int Steps = 36;

    private readonly Random random = new(seed);
    private readonly List<Guid> photos = [];
    private readonly Dictionary<Guid, TestPupil> inPhoto = [];
    private readonly List<TestPupil> pupils = [];
    private readonly List<Guid> backedUp = [];
    private TestSchool school = null!;
    private Guid activity;

    /// <summary>Folder of the backups, of the copies of keys.</summary>
    private string backups = "", copies = "";

    /// <param name="byHand">An older copy of the database is put in place by other means than ours; keys, pictures and ledger live on.</param>
    public static async Task<DrillFound> RunAsync(int seed, bool byHand) => await new RestoreDrill(seed).RunAsync(byHand);

    private async Task<DrillFound> RunAsync(bool byHand)
    {
        var place = Directory.CreateTempSubdirectory("photoguard-drill-").FullName;
        (backups, copies) = (Path.Combine(place, "backups"), Path.Combine(place, "keys"));
        var api = new TestApi();
        await api.InitializeAsync();
        try
        {
            HashSet<Guid> servable, destroyed;
            string? older = null;
            await using (await TestWorkers.StartAsync(api.Records.Settings))
            {
                older = await LiveAsync(api, byHand);
                await SettledAsync(api.Records);
                servable = await ServableAsync(await school.EditorAsync());
                destroyed = [.. await DestroyedAsync(api.Records)];
            }
            return byHand
                ? await OverOlderAsync(api, older!, servable, destroyed)
                : await ElsewhereAsync(api, servable, destroyed);
        }
        finally
        {
            await api.DisposeAsync();
            Directory.Delete(place, recursive: true);
        }
    }

    /// <returns>The older database, where one was copied.</returns>
    private async Task<string?> LiveAsync(TestApi api, bool byHand)
    {
        school = await api.SchoolAsync();
        activity = await school.ActivityAsync(channels: [Channel.Website]);
        foreach (var role in new[] { Role.Office, Role.Editor, Role.Screener, Role.Safeguarding, Role.Head, Role.Ict }) await school.AsAsync(role);
        for (var i = 0; i < 4; i++) pupils.Add(await school.ClearedPupilAsync(Channel.Website));
        for (var i = 0; i < 5; i++) await UploadAsync();
        var (backupAt, keysAt) = (random.Next(4, Steps - 4), random.Next(2, Steps - 2));
        string? older = null;
        for (var step = 0; step < Steps; step++)
        {
            if (step == backupAt)
            {
                await Eventually.IsAsync("renditions before the backup", () => RenderedAsync(api.Records));
                if (byHand) older = await CopyDatabaseAsync(api.Records);
                else await api.Records.RunAsync<Backups>(it => it.MakeAsync(backups, (_, _) => { }, CancellationToken.None));
                backedUp.AddRange(photos);
            }
            if (step == keysAt && !byHand) await api.Records.RunAsync<KeyCopies>(it => it.MakeAsync(copies, CancellationToken.None));
            await StepAsync();
        }
        return older;
    }

    private async Task StepAsync()
    {
        var photo = photos[random.Next(photos.Count)];
        var pupil = pupils[random.Next(pupils.Count)];
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                await UploadAsync();
                break;
            case 3:
                await pupil.AnswerAsync(Channel.Website, Answer.Withdrawn);
                break;
            case 4 or 5:
                await pupil.AnswerAsync(Channel.Website, Answer.Given);
                break;
            case 6:
                (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked by a guardian" })).Must(202, 404, 410);
                break;
            case 7:
                (await (await school.TeacherAsync()).PostAsync($"photos/{photo}/concerns", new { kind = random.Next(2) == 0 ? "indecent" : "distressing" })).Must(201, 404, 410);
                break;
            case 8:
                (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/screening", new { decision = "rejected", reason = "blurred" })).Must(200, 404, 409, 410);
                break;
            case 9:
                // One more child in it, who may have said no.
                (await (await school.TeacherAsync()).PutAsync($"photos/{photo}/pupils",
                    new { pupils = new[] { inPhoto[photo].MisId, pupil.MisId }.Distinct(), nobodyElse = true })).Must(200, 404, 410);
                break;
            case 10:
                (await (await school.SafeguardingAsync()).PostAsync($"{pupil.Path}/block", new { reason = "a drill" })).Must(200, 409);
                break;
            default:
                if (random.Next(3) == 0) await pupil.AnswerAsync(Channel.Internal, Answer.Withdrawn);
                break;
        }
    }

    private async Task UploadAsync()
    {
        var pupil = pupils[random.Next(pupils.Count)];
        var photo = await school.UploadAsync(activity, TestPhotos.Picture(64, 48));
        photos.Add(photo);
        inPhoto[photo] = pupil;
        var linked = await (await school.TeacherAsync()).PutAsync($"photos/{photo}/pupils", new { pupils = new[] { pupil.MisId }, nobodyElse = true });
        // A pupil with a no: hidden, and soon destroyed.
        if (linked.Status == 200) (await (await school.ScreenerAsync()).PostAsync($"photos/{photo}/screening", new { decision = "accepted" })).Must(200, 404, 410);
    }

    /// <summary>The verb's own way: into new databases and a new folder, under the same root key.</summary>
    private async Task<DrillFound> ElsewhereAsync(TestApi before, HashSet<Guid> servable, HashSet<Guid> destroyed)
    {
        await using var records = await TestRecords.CreateAsync(rootKeyOf: before.Records.Settings);
        var api = await TestApi.OverAsync(records);
        try
        {
            await using var prober = await Prober.StartAsync(api, await school.TokenAsync(Role.Editor), photos, records);
            await records.RunAsync<RestoreRun>(it => it.RunAsync(backups, copies, before.Records.Settings.Ledger, (_, _) => { }, CancellationToken.None));
            return await CompareAsync(api, records, prober, servable, destroyed);
        }
        finally
        {
            await api.CloseAsync();
        }
    }

    /// <summary>Somebody put an older database in place: the service itself has to notice, and a worker has to mend it.</summary>
    private async Task<DrillFound> OverOlderAsync(TestApi before, string older, HashSet<Guid> servable, HashSet<Guid> destroyed)
    {
        var settings = before.Records.Settings with { Database = older };
        await using var records = TestRecords.Over(settings);
        var api = await TestApi.OverAsync(records);
        try
        {
            await using var prober = await Prober.StartAsync(api, await school.TokenAsync(Role.Editor), photos, records);
            await prober.HasAskedAsync(photos.Count);
            return await CompareAsync(api, records, prober, servable, destroyed);
        }
        finally
        {
            await api.CloseAsync();
        }
    }

    private async Task<DrillFound> CompareAsync(TestApi api, TestRecords records, Prober prober, HashSet<Guid> servable, HashSet<Guid> destroyed)
    {
        var editor = new Person(api.Address, await school.TokenAsync(Role.Editor), Guid.Empty);
        await using var workers = await TestWorkers.StartAsync(records.Settings);
        await SettledAsync(records);
        var after = await ServableAsync(editor);
        var resurrected = after.Except(servable).Select(photo => $"{photo} is served").ToList();
        resurrected.AddRange(await LeftAsync(records, destroyed));
        await records.SealAsync();
        // Pictures that came after the backup: their records are lost, and the hourly sweep deletes what is left of them.
        await records.RunAsync<ObjectSweep>(it => it.SweepAllAsync(CancellationToken.None));
        var verified = (await records.RunAsync<Verification, IReadOnlyList<string>>(it => it.RunAsync(CancellationToken.None)))
            .Where(finding => !finding.EndsWith("is no photo's", StringComparison.Ordinal)).ToList();
        var lost = await LostAsync(records, destroyed);
        return new(seed, photos.Count, servable.Count, after.Count, resurrected, prober.Served, lost, prober.Asked, verified);
    }

    /// <summary>Keys and objects of what was destroyed.</summary>
    private static async Task<List<string>> LeftAsync(TestRecords records, HashSet<Guid> destroyed)
    {
        var left = new List<string>();
        var keys = records.Services.GetRequiredService<PhotoGuard.Records.Keys.KeyStore>();
        foreach (var photo in destroyed)
            if (await keys.ExistsAsync(photo)) left.Add($"{photo} has a key again");
        return left;
    }

    private async Task<List<string>> LostAsync(TestRecords records, HashSet<Guid> destroyed)
    {
        var kept = await records.ScalarAsync<Guid[]>("select coalesce(array_agg(id), '{}') from photos");
        var orders = await records.ScalarAsync<Guid[]>("select coalesce(array_agg(photo_id), '{}') from removals where place = 'store' and cause <> 'keyGone'");
        var keyless = await records.ScalarAsync<Guid[]>("select coalesce(array_agg(photo_id), '{}') from removals where cause = 'keyGone'");
        return [.. backedUp.Except(destroyed).Except(kept).Except(orders).Except(keyless).Select(photo => photo.ToString())];
    }

    private async Task<HashSet<Guid>> ServableAsync(Person editor)
    {
        var found = new HashSet<Guid>();
        foreach (var photo in photos)
            if ((await editor.GetAsync($"channels/website/photos/{photo}/thumb")).Must(200, 404, 410).Status == 200) found.Add(photo);
        return found;
    }

    private static Task<bool> RenderedAsync(TestRecords records) => records.ScalarAsync<bool>("""
        select not exists (select from work where kind = 'render' and stuck_at is null and not exists (select from photos where photos.id = work.subject and is_held(family_id)))
        """);

    /// <summary>Nothing is left to do but what is held or waits for its time.</summary>
    private static Task SettledAsync(TestRecords records) => Eventually.IsAsync("the school to settle", async () => await RenderedAsync(records) && await records.ScalarAsync<bool>("""
        select not exists (select from audit_unsealed) and not exists (select from restores where state <> 'done') and not exists (
          select from removals join photos on photos.id = removals.photo_id
          where place = 'store' and done_at is null and cancelled_at is null and not_before <= now() and not is_held(family_id))
        and not exists (select from audit_seals where position > (select coalesce(max(position), 0) from ledger_marks where school_id = audit_seals.school_id))
        """));

    private static Task<Guid[]> DestroyedAsync(TestRecords records) =>
        records.ScalarAsync<Guid[]>("select coalesce(array_agg(photo_id), '{}') from tombstones");

    private static async Task<string> CopyDatabaseAsync(TestRecords records)
    {
        var target = await Postgres.TestDatabases.EmptyAsync();
        var dump = Path.Combine(records.Settings.Data, "older.dump");
        await using (var file = File.Create(dump)) await new PostgresTools(records.Settings.Database).DumpAsync(file, CancellationToken.None);
        await new PostgresTools(target).RestoreAsync(dump, "select 1;", CancellationToken.None);
        return target;
    }

    /// <summary>Asks for every picture, again and again, as fast as one connection can.</summary>
    private sealed class Prober(Uri address, string token) : IAsyncDisposable
    {
        private readonly HttpClient http = new();
        private readonly CancellationTokenSource over = new();
        private readonly List<string> served = [];
        private Task asking = Task.CompletedTask;
        private int asked;

        public int Asked => Volatile.Read(ref asked);

        public IReadOnlyList<string> Served
        {
            get
            {
                lock (served) return [.. served];
            }
        }

        public static Task<Prober> StartAsync(TestApi api, string token, IReadOnlyList<Guid> photos, TestRecords records)
        {
            var prober = new Prober(api.Address, token);
            prober.asking = Task.Run(() => prober.AskAsync(photos, records));
            return Task.FromResult(prober);
        }

        public Task HasAskedAsync(int times) => Eventually.IsAsync("the prober", () => Task.FromResult(Asked > times));

        public async ValueTask DisposeAsync()
        {
            await over.CancelAsync();
            await asking;
            http.Dispose();
            over.Dispose();
        }

        /// <summary>Whether an answer with the picture begins; that it is cut off later does not count for it.</summary>
        private async Task<bool> BeginsAsync(Guid photo)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, $"/api/v1/channels/website/photos/{photo}/thumb"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            try
            {
                using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over.Token);
                return reply.IsSuccessStatusCode;
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        }

        private async Task AskAsync(IReadOnlyList<Guid> photos, TestRecords records)
        {
            while (!over.IsCancellationRequested)
            {
                foreach (var photo in photos)
                {
                    if (over.IsCancellationRequested) return;
                    Interlocked.Increment(ref asked);
                    if (!await BeginsAsync(photo)) continue;
                    // Served: then the replay has to be over by now.
                    if (await records.ScalarAsync<bool>("select not exists (select from restores where state = 'done')"))
                        lock (served) served.Add($"{photo}");
                }
            }
        }
    }
}
