using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Removal;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Benchmarks.Access;

/// <summary>
/// <c>reads</c>: pictures are opened by several people over several connections through the real web process, a worker beside it, and the entries of the
/// audit are counted afterwards. What an entry costs: the same row, inserted and committed by nobody but the measurement, as often at once
/// and on the same database, right before and right after.
/// </summary>
public static class ReadsBench
{
    private const int Connections = 8;

    public static async Task MeasureAsync(BenchReport report)
    {
        var (photos, opens, bare) = report.Quick ? (200, 4000, 1000) : (2000, 100_000, 10_000);
        await using var service = await BenchService.StartAsync();
        var school = await BenchSchool.AddAsync(service);
        Role[] roles = [Role.Screener, Role.Office, Role.Head];
        var people = new List<(string Token, Guid Person)>();
        foreach (var role in roles)
        {
            var (token, by) = await school.PersonAsync(service, role);
            people.Add((token, by.By.Person));
        }
        var filled = new FilledPhotos(service, school, people[0].Person);
        var ids = await filled.AddAsync(photos, [], DateTimeOffset.UtcNow.AddYears(2));
        await filled.SettleAsync();
        await using var api = await service.StartApiAsync();
        await using var workers = service.StartWorkers();
        await OpenAsync(service, people, ids, 400);

        var before = await RowsAsync(service);
        var firstBare = await BareAsync(service, school.Id, people[0].Person, ids, bare);
        var since = Stopwatch.GetTimestamp();
        var took = await OpenAsync(service, people, ids, opens);
        var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
        var rows = await RowsAsync(service) - before - bare;
        List<double> alone = [.. firstBare, .. await BareAsync(service, school.Id, people[0].Person, ids, bare)];

        report.Figure("opens", took.Count);
        report.Figure("rows", rows);
        report.Figure("opensPerSecond", took.Count / seconds);
        report.Figure("p50Ms", Quantile(took, 0.5));
        report.Figure("p99Ms", Quantile(took, 0.99));
        report.Figure("rowMs", alone.Average());
        report.Figure("rowP50Ms", Quantile(alone, 0.5));
        report.Figure("rowShareOfOpen", alone.Average() / took.Average());
        report.Row(new { connections = Connections, people = people.Count, photos, load = File.ReadAllText("/proc/loadavg").Split(' ')[0] });
    }

    /// <summary>The time of each, to its last byte, ms.</summary>
    private static async Task<List<double>> OpenAsync(BenchService service, List<(string Token, Guid Person)> people, IReadOnlyList<Guid> photos, int opens)
    {
        var next = -1;
        var took = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = new(service.Settings.PublicUrl) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", people[connection % people.Count].Token);
            var mine = new List<double>();
            for (var nth = Interlocked.Increment(ref next); nth < opens; nth = Interlocked.Increment(ref next))
            {
                var since = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync(new Uri($"/api/v1/photos/{photos[nth % photos.Count]}/renditions/thumb", UriKind.Relative));
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                mine.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
            return mine;
        }));
        return [.. took.SelectMany(one => one)];
    }

    /// <summary>Nothing but the entry: one insert and its commit, as often at once as pictures are opened.</summary>
    private static async Task<List<double>> BareAsync(BenchService service, Guid school, Guid person, IReadOnlyList<Guid> photos, int rows)
    {
        var database = service.Services.GetRequiredService<NpgsqlDataSource>();
        var next = -1;
        var took = await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            var mine = new List<double>();
            for (var nth = Interlocked.Increment(ref next); nth < rows; nth = Interlocked.Increment(ref next))
            {
                var since = Stopwatch.GetTimestamp();
                await using var connection = await database.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                await using var insert = new NpgsqlCommand("""
                    insert into audit_entries (school_id, event, actor_kind, actor_id, photo_id, details)
                    values ($1, 'photo.opened', 'person', $2, $3, '{"rendition": "thumb", "channel": null}')
                    """, connection, transaction);
                insert.Parameters.AddWithValue(school);
                insert.Parameters.AddWithValue(person);
                insert.Parameters.AddWithValue(photos[nth % photos.Count]);
                await insert.ExecuteNonQueryAsync();
                await transaction.CommitAsync();
                mine.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
            }
            return mine;
        }));
        return [.. took.SelectMany(one => one)];
    }

    private static async Task<long> RowsAsync(BenchService service)
    {
        await using var count = service.Services.GetRequiredService<NpgsqlDataSource>()
            .CreateCommand("select count(*) from audit_entries where event = 'photo.opened' and actor_kind <> 'system'");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(share * values.Count) - 1);
}
