using Microsoft.Extensions.Logging.Abstractions;
using PhotoGuard.Records.Telemetry;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Api.Photos;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Records.Telemetry;

/// <summary>What the gauges say is what is in the records.</summary>
public sealed class RecordsGaugesTests : IAsyncLifetime
{
    private readonly TestApi api = new();
    private TestSchool school = null!;

    public async Task InitializeAsync()
    {
        await api.InitializeAsync();
        school = await api.SchoolAsync();
    }

    public Task DisposeAsync() => api.DisposeAsync();

    [Fact]
    public async Task Every_gauge_says_what_is_in_the_records()
    {
        var photo = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        var due = await school.UploadAsync(await school.ActivityAsync(), TestPhotos.Picture(64, 48));
        (await (await school.OfficeAsync()).PostAsync($"photos/{photo}/erasure", new { reason = "asked for" })).Must(202);
        await api.Records.ExecuteAsync("update removals set not_before = now() - interval '1 hour'");
        await api.Records.ExecuteAsync("update photos set delete_after = now() - interval '1 minute' where id = $1", due);
        await api.Records.ExecuteAsync("update work set due_at = now() - interval '2 minutes', last_error = 'once' where kind = 'render'");
        await api.Records.ExecuteAsync("update work set stuck_at = now() where kind = 'render' and subject = $1", due);
        await api.Records.ExecuteAsync("insert into workers (node, decoding, seen_at) values ('n1', 'sandboxed', now()), ('n2', 'off', now() - interval '1 minute')");
        await api.Records.ExecuteAsync("update schools set created_at = now() - interval '30 hours'");
        await api.Records.SealAsync();
        (await (await school.OfficeAsync()).PutAsync("pupils/p-1", new { givenName = "Ada", familyName = "Lovelace", dateOfBirth = "2016-04-05", className = "3B" })).Must(201);

        var figures = Look(api.Records);
        Assert.Equal(RecordsGauges.All.Select(gauge => gauge.Name).Order(), figures.Select(figure => figure.Name).Distinct().Order());
        Assert.All(figures, figure => Assert.Equal(RecordsGauges.All.Single(gauge => gauge.Name == figure.Name).Labels.Length, figure.Labels.Length));
        Assert.Equal(1, Of("photoguard.serving"));
        Assert.Equal(0, Of("photoguard.clock.doubted"));
        Assert.Equal(1, Of("photoguard.purge.due"));
        Assert.Equal(30 * 3600, Of("photoguard.purge.age"), 120d);
        Assert.Equal((1, 1), (Of("photoguard.removals.open", "store", "erasure"), Of("photoguard.removals.overdue", "store", "erasure")));
        Assert.Equal(3600, Of("photoguard.removals.age", "store", "erasure"), 120d);
        Assert.Equal((1, 1, 1), (Of("photoguard.work.waiting", "render"), Of("photoguard.work.failing", "render"), Of("photoguard.work.stuck", "render")));
        Assert.Equal(120, Of("photoguard.work.age", "render"), 120d);
        Assert.Equal((1, 0, 1), (Of("photoguard.workers.alive", "sandboxed"), Of("photoguard.workers.alive", "off"), Of("photoguard.workers.silent")));
        Assert.Equal(30 * 3600, Of("photoguard.backup.age", "records"), 120d);
        Assert.Equal(30 * 3600, Of("photoguard.backup.age", "keys"), 120d);
        Assert.Equal((1, 0), (Of("photoguard.ledger.unsealed"), Of("photoguard.ledger.untold")));
        Assert.InRange(Of("photoguard.ledger.written.age"), 0, 120);

        double Of(string name, params string[] labels) => figures.Single(figure => figure.Name == name && figure.Labels.SequenceEqual(labels)).Value;
    }

    [Fact]
    public async Task Records_that_cannot_be_read_are_told_as_such()
    {
        using var reading = new RecordsReading(api.Records.Settings, TimeProvider.System, NullLogger<RecordsReading>.Instance);
        await using var closed = TestRecords.Over(api.Records.Settings with { Database = $"Host=127.0.0.1;Port={Faults.Residue.ServiceProcess.FreePort()};Database=x;Username=x" });
        using var away = new RecordsReading(closed.Settings, TimeProvider.System, NullLogger<RecordsReading>.Instance);
        Assert.True(reading.Look().Up);
        Assert.False(away.Look().Up);
        Assert.Empty(away.Look().Figures);
    }

    [Fact]
    public void Every_metric_is_in_the_docs()
    {
        var docs = File.ReadAllText(Path.Combine(PhotosFolder.ProjectRoot, "docs", "operations.md"));
        foreach (var (name, unit, labels, _) in RecordsGauges.All)
        {
            Assert.Contains($"`{MetricsText.NameOf(name, unit)}`", docs, StringComparison.Ordinal);
            foreach (var label in labels) Assert.Contains($"`{label}`", docs, StringComparison.Ordinal);
        }
        foreach (var name in new[] { "photoguard_up", "photoguard_uploads_total", "photoguard_opened_bytes_total", "photoguard_decoders_lost_total", "photoguard_work_duration_seconds", "http_server_request_duration_seconds" })
            Assert.Contains($"`{name}`", docs, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Figure> Look(TestRecords records)
    {
        using var reading = new RecordsReading(records.Settings, TimeProvider.System, NullLogger<RecordsReading>.Instance);
        var read = reading.Look();
        Assert.True(read.Up);
        return read.Figures;
    }
}
