using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Pages;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;
using PhotoGuard.Tests.Postgres;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>
/// The real processes, with everything turned on that tells how they do: a child and a picture go through them, one thing fails, and nothing of
/// either is in logs, metrics or traces. The metrics are had on listeners of their own, also while the database is away.
/// </summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private readonly string told = Directory.CreateTempSubdirectory("photoguard-telemetry-").FullName;
    private readonly int apiPort = ServiceProcess.FreePort(), apiMetrics = ServiceProcess.FreePort(), workerMetrics = ServiceProcess.FreePort();
    private readonly ResidueScan scan = new();
    private TestCluster cluster = null!;
    private TestApi api = null!;
    private TestSchool school = null!;
    private TraceCollector collector = null!;
    private TiedProcess? apiProcess, workers;

    public async Task InitializeAsync()
    {
        cluster = await TestCluster.StartAsync();
        var records = await TestRecords.CreateAsync(cluster: cluster);
        collector = await TraceCollector.StartAsync(told);
        api = TestApi.At(new Uri($"http://127.0.0.1:{apiPort}"), records);
        apiProcess = ServiceProcess.StartApi(records.Settings, apiPort, Path.Combine(told, "api.log"), Telling(apiMetrics));
        workers = ServiceProcess.StartWorkers(records.Settings, Path.Combine(told, "workers.log"), Telling(workerMetrics));
        await Eventually.IsAsync("the api is ready", async () => await TextAsync(new Uri(api.Address, "/readyz")) == "ready");
        school = await api.SchoolAsync();
    }

    public async Task DisposeAsync()
    {
        await EndAsync();
        await collector.DisposeAsync();
        await api.DisposeAsync();
        await cluster.DisposeAsync();
        Directory.Delete(told, recursive: true);
    }

    [Fact]
    public async Task Nothing_of_a_child_is_in_logs_metrics_or_traces_and_a_database_that_is_away_is_told()
    {
        var photo = await LifeOfOnePhotoAsync();
        await FailAsync();
        var (ofApi, ofWorkers) = (await ScrapeAsync(apiMetrics), await ScrapeAsync(workerMetrics));
        await MustTellAsync(ofApi, ofWorkers);

        // They have listeners of their own; the port that people reach says words only.
        Assert.Equal(404, (await api.Nobody.GetAsync("/metrics")).Status);
        Assert.Equal(("ok", "ready"), ((await api.Nobody.GetAsync("/healthz")).Text, (await api.Nobody.GetAsync("/readyz")).Text));
        Assert.Equal(404, (int)(await Http.GetAsync(new Uri($"http://127.0.0.1:{apiMetrics}/api/v1/photos"))).StatusCode);

        await Eventually.IsAsync("traces of all of it", () => Task.FromResult(
            new[] { "POST /api/v1/photos/", "PUT /api/v1/pupils/{misId}", "work render", "renditions", "work remove", "removal tombstone", "removal certificate", "insert into" }.All(IsTold)));
        await cluster.StopAsync();
        foreach (var port in new[] { apiMetrics, workerMetrics })
        {
            await Eventually.IsAsync("the database is missed", async () => await ScrapeAsync(port) is var text && text.Contains("photoguard_up", StringComparison.Ordinal)
                && Value(text, "photoguard_up") == "0" && !text.Contains("photoguard_purge_due", StringComparison.Ordinal));
        }

        await cluster.RestartAsync();
        await Eventually.IsAsync("the database is there again", async () => Value(await ScrapeAsync(workerMetrics), "photoguard_up") == "1");

        // What is written last is written when they stop.
        await EndAsync();
        Assert.Empty(scan.Find(told));
        Assert.False(IsTold(photo.ToString()), "an address was told");
        MustBeJson("api.log");
        MustBeJson("workers.log");
    }

    private async Task EndAsync()
    {
        foreach (var process in new[] { workers, apiProcess })
            if (process is not null) await process.DisposeAsync();
        (workers, apiProcess) = (null, null);
    }

    private async Task<Guid> LifeOfOnePhotoAsync()
    {
        var (office, teacher, screener, head) = (await school.OfficeAsync(), await school.TeacherAsync(), await school.ScreenerAsync(), await school.HeadAsync());
        var pupil = $"pupils/{Known("pseudonym", "canary-mis-0077")}";
        (await office.PutAsync(pupil, new
        {
            givenName = Known("given name", "Canary-Ermintrude"), familyName = Known("family name", "Canary-Öxenfoord"), dateOfBirth = "2016-04-05", className = Known("class", "Canary-3B"),
        })).Must(201);
        (await office.PostAsync($"{pupil}/consents", new
        {
            channel = "internal", answer = "given", by = new { kind = "guardian", name = Known("who answered", "Canary-answerer Theodolinde") }, route = "paper", noticeVersion = "1",
        })).Must(201);
        (await office.GetAsync("pupils?class=Canary-3B")).Must(200);
        var activity = (await teacher.PostAsync("activities", new
        {
            title = Known("title", "Canary-title of a wall"), purpose = "Art", heldOn = TestSchool.Today, channels = Array.Empty<string>(), afterwards = "Deleted",
        })).Must(201).Id;
        (await screener.PostAsync($"activities/{activity}/approval", new { decision = "approved" })).Must(200);

        using var content = new ByteArrayContent(TestPhotos.Picture(320, 240));
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = Known("name of the file", "IMG_Canary_0147.jpg") };
        var photo = (await teacher.SendAsync(HttpMethod.Post, $"photos?activity={activity}", content)).Must(201).Id;
        (await teacher.PostBytesAsync($"photos?activity={activity}", Encoding.UTF8.GetBytes(Known("no picture", "Canary-no-picture at all")))).Must(415);
        (await teacher.PutAsync($"photos/{photo}/pupils", new { pupils = new[] { "canary-mis-0077" }, nobodyElse = true })).Must(200);
        (await teacher.PutAsync($"photos/{photo}/description", new { alt = Known("description", "Canary-alt two children paint") })).Must(200);
        await Eventually.IsAsync("renditions", async () => (await teacher.GetAsync($"photos/{photo}")).Must(200).Json.GetProperty("renditions").GetArrayLength() == 3);
        (await teacher.GetAsync($"photos/{photo}/renditions/web")).Must(200);
        await VisitAsync();
        (await head.PostAsync($"photos/{photo}/erasure", new { reason = Known("reason", "Canary-reason asked by her") })).Must(202);
        await Eventually.IsAsync("the certificate", async () => (await head.GetAsync($"photos/{photo}/certificate")).Status == 200);
        return photo;
    }

    /// <summary>A one-time link in the address, and whatever a browser or a stranger says of itself.</summary>
    private async Task VisitAsync()
    {
        using var visitor = new PageVisitor(api.Address);
        (await visitor.PostAsync($"/sign-in/{Known("one-time link", await school.LinkAsync(Role.Head))}")).Must(200);
        using var request = new HttpRequestMessage(new HttpMethod(Known("method", "CANARYMETHOD")), new Uri(api.Address, $"/{Known("path", "canary-path-of-hers")}?{Known("query", "canary-query=1")}"));
        foreach (var (name, value) in new[]
        {
            ("User-Agent", Known("browser", "Canary-browser/1.0")), ("X-Forwarded-For", Known("address", "198.51.100.177")),
            ("traceparent", "00-c0ffee00c0ffee00c0ffee00c0ffee00-c0ffee00c0ffee00-01"), ("tracestate", $"canary={Known("state", "canary-state-1")}"), ("baggage", $"who={Known("baggage", "canary-baggage-1")}"),
        }) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await Http.SendAsync(request);
        Assert.Equal(404, (int)answer.StatusCode);
        Known("trace of a stranger", "c0ffee00c0ffee00c0ffee00c0ffee00");
    }

    /// <summary>A failure inside, in a statement that holds names.</summary>
    private async Task FailAsync()
    {
        await api.Records.ExecuteAsync("alter table guardians rename to elsewhere");
        (await (await school.OfficeAsync()).PutAsync("pupils/canary-mis-0077/guardians/g-1", new { name = Known("guardian", "Canary-guardian Wendeline"), responsibility = true })).MustRefuse(500, "failed");
        await api.Records.ExecuteAsync("alter table elsewhere rename to guardians");
        var lines = File.ReadLines(Path.Combine(told, "api.log")).Where(line => line.Contains("\"level\":\"error\"", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count == 1, string.Join('\n', lines));
        var line = JsonSerializer.Deserialize<JsonElement>(lines[0]);
        Assert.Contains("PostgresException 42P01", line.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("GuardianDesk", line.GetProperty("where").GetString(), StringComparison.Ordinal);
        Assert.Equal(32, line.GetProperty("trace").GetString()!.Length);
    }

    private async Task MustTellAsync(string ofApi, string ofWorkers)
    {
        await File.WriteAllTextAsync(Path.Combine(told, "scraped-api"), ofApi);
        await File.WriteAllTextAsync(Path.Combine(told, "scraped-workers"), ofWorkers);
        foreach (var text in new[] { ofApi, ofWorkers })
        {
            Assert.Equal("1", Value(text, "photoguard_up"));
            foreach (var (name, unit, labels, _) in RecordsGauges.All.Where(gauge => gauge.Labels is not (["kind"] or ["place", "cause"])))
                Assert.Contains($"\n{MetricsText.NameOf(name, unit)}{{", text, StringComparison.Ordinal);
            Assert.Equal("1", Value(text, "photoguard_workers_alive", "decoding=\"sandboxed\""));
        }
        Assert.Equal("1", Value(ofApi, "photoguard_uploads_total", "outcome=\"taken\""));
        Assert.Equal("1", Value(ofApi, "photoguard_uploads_total", "outcome=\"not-a-picture-we-take\""));
        Assert.NotNull(Value(ofApi, "photoguard_opened_bytes_total", "rendition=\"web\""));
        Assert.NotNull(Value(ofApi, "http_server_request_duration_seconds_count", "http_route=\"/api/v1/pupils/{misId}\""));
        Assert.NotNull(Value(ofWorkers, "photoguard_work_duration_seconds_count", "kind=\"remove\""));
    }

    private void MustBeJson(string log)
    {
        var lines = File.ReadAllLines(Path.Combine(told, log));
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.NotNull(JsonSerializer.Deserialize<JsonElement>(line).GetProperty("says").GetString()));
    }

    /// <summary>The value of the first sample of that name that has the label; null where there is none.</summary>
    private static string? Value(string text, string name, string label = "") => text.Split('\n')
        .FirstOrDefault(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        ?.Split(' ')[1];

    /// <summary>Whether a trace that came to the collector holds the text.</summary>
    private bool IsTold(string text) => Directory.GetFiles(told, "traces-*").Any(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static Task<string> ScrapeAsync(int port) => Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));

    private static async Task<string?> TextAsync(Uri address)
    {
        try
        {
            return await Http.GetStringAsync(address);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private string[] Telling(int port) =>
    [
        $"PHOTOGUARD_METRICS=127.0.0.1:{port}", $"OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "OTEL_BSP_SCHEDULE_DELAY=200", "OTEL_METRIC_EXPORT_INTERVAL=500",
    ];

    /// <summary>From now on looked for.</summary>
    private string Known(string what, string text)
    {
        scan.Text(what, text);
        return text;
    }
}
