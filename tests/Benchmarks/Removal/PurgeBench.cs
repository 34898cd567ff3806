using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Blobs;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Retention;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>
/// <c>purge</c>: photos a second from the start of a run of 10,000 and one of 100,000 until it is <c>done</c>, carried out by one real
/// worker process that also seals the audit meanwhile, with its database on the same cores; the brake is let go by two people. Beside it,
/// in the same run, what the disk alone needs for the same files. How the photos come into being: <see cref="FilledPhotos"/>.
/// </summary>
public static class PurgeBench
{
    public static async Task MeasureAsync(BenchReport report)
    {
        var left = 0L;
        var peak = 0.0;
        var certificates = 0L;
        foreach (var (name, photos) in report.Quick ? [("10k", 3_000), ("100k", 10_000)] : new[] { ("10k", 10_000), ("100k", 100_000) })
        {
            var run = await RunAsync(report, name, photos);
            (left, peak, certificates) = (left + run.Left, Math.Max(peak, run.PeakMb), certificates + run.Certificates);
        }
        report.Figure("peakMb", peak);
        report.Figure("leftOver", left);
        report.Figure("certificates", certificates);
    }

    private static async Task<(long Left, double PeakMb, long Certificates)> RunAsync(BenchReport report, string name, int photos)
    {
        await using var service = await BenchService.StartAsync();
        var school = await BenchSchool.AddAsync(service);
        var (_, screener) = await school.PersonAsync(service, Role.Screener);
        var filled = new FilledPhotos(service, school, screener.By.Person);
        var filling = Stopwatch.StartNew();
        var all = await filled.AddAsync(photos, await PupilsAsync(service, school), DateTimeOffset.UtcNow.AddDays(-1));
        filling.Stop();

        await using var workers = service.StartWorkers();
        // What filling left to do is done before the clock starts: every photo has its place in the feeds' order.
        await UntilAsync(service, "select exists (select from workers) and not exists (select from feed_changes) and not exists (select from audit_unsealed)");
        await filled.SettleAsync();
        var floor = new UnlinkFloor(service, filled).Measure(all);

        var (used, database) = (workers.ProcessorTime, await DatabaseTime.SpentAsync(service));
        var clock = Stopwatch.StartNew();
        var purge = await StartAsync(service, school);
        await UntilAsync(service, $"select state = 'done' from purges where id = '{purge}'");
        clock.Stop();
        var perSecond = photos / clock.Elapsed.TotalSeconds;
        var processor = workers.ProcessorTime - used;
        database = await DatabaseTime.SpentAsync(service) - database;
        var unsealed = await CountAsync(service, "select count(*) from audit_unsealed");
        await UntilAsync(service, "select not exists (select from audit_unsealed)");

        var left = await LeftAsync(service);
        var certificates = await CountAsync(service, "select count(*) from certificates");
        report.Row(new
        {
            part = name,
            photos,
            seconds = clock.Elapsed.TotalSeconds,
            fillSeconds = filling.Elapsed.TotalSeconds,
            workerProcessorMsPerPhoto = processor.TotalMilliseconds / photos,
            databaseProcessorMsPerPhoto = database.TotalMilliseconds / photos,
            unsealedAtTheEnd = unsealed,
            floorPerSecond = floor,
            peakMb = workers.PeakMb,
            left,
            certificates,
            load = File.ReadAllText("/proc/loadavg").Split(' ')[0],
        });
        report.Figure($"photosPerSecond{name}", perSecond);
        report.Figure($"floorRatio{name}", floor / perSecond);
        return (left.Values.Sum(), workers.PeakMb, certificates);
    }

    /// <summary>A run that a person starts and, where the brake stops it, two people let go on.</summary>
    private static async Task<Guid> StartAsync(BenchService service, BenchSchool school)
    {
        var (ict, head) = ((await school.PersonAsync(service, Role.Ict)).By, (await school.PersonAsync(service, Role.Head)).By);
        var purge = await service.RunAsync<Purges, Purge>(purges => purges.StartAsync(ict, dryRun: false, default));
        if (purge.State != PurgeState.Stopped) return purge.Id;
        foreach (var person in new Act[] { ict, head })
            await service.RunAsync<Purges, bool>(purges => purges.ApproveAsync(person, purge.Id, default));
        return purge.Id;
    }

    private static async Task<Guid[]> PupilsAsync(BenchService service, BenchSchool school)
    {
        var pupils = new[] { Guid.CreateVersion7(), Guid.CreateVersion7() };
        foreach (var pupil in pupils)
        {
            await using var insert = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(
                "insert into pupils (id, school_id, mis_id, identity, class_name) values ($1, $2, $1::text, '\\x00', '3B')");
            insert.Parameters.AddWithValue(pupil);
            insert.Parameters.AddWithValue(school.Id);
            await insert.ExecuteNonQueryAsync();
        }
        return pupils;
    }

    /// <summary>Everything that should be gone, by a look at each place.</summary>
    private static async Task<Dictionary<string, long>> LeftAsync(BenchService service)
    {
        var left = new Dictionary<string, long>
        {
            ["objectsInTheStore"] = await service.Services.GetRequiredService<IBlobStore>().ListAsync(BlobName.Root).LongCountAsync(),
            ["keys"] = (await service.Services.GetRequiredService<KeyStore>().ListAsync(KeyOf.Photo, DateTimeOffset.MaxValue, null, 1000)).Count,
        };
        foreach (var table in new[] { "photos", "objects", "photo_pupils", "screening_decisions", "work" })
            left[table] = await CountAsync(service, $"select count(*) from {table}");
        left["openRemovals"] = await CountAsync(service, "select count(*) from removals where done_at is null");
        return left;
    }

    internal static async Task<long> CountAsync(BenchService service, string sql)
    {
        await using var count = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    internal static async Task UntilAsync(BenchService service, string sql)
    {
        while (true)
        {
            await using var look = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
            if (await look.ExecuteScalarAsync() is true) return;
            await Task.Delay(50);
        }
    }
}
