using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>Photos with the same children in them.</summary>
/// <param name="Pupils">Their pseudonyms.</param>
public sealed record Album(IReadOnlyList<string> Pupils, IReadOnlyList<Guid> Photos);

/// <summary>The office that records answers, and the website's editor who takes and asks for photos; both over HTTP.</summary>
public sealed class WithdrawOffice : IDisposable
{
    private const int AtOnce = 4;

    private readonly BenchService service;
    private readonly FilledPhotos filled;
    private readonly HttpClient office, editor;
    private int pupils;

    private WithdrawOffice(BenchService service, FilledPhotos filled, string office, string editor)
    {
        (this.service, this.filled) = (service, filled);
        (this.office, this.editor) = (Client(office), Client(editor));
    }

    public static async Task<WithdrawOffice> OpenAsync(BenchService service, BenchSchool school) => new(
        service, new FilledPhotos(service, school, (await school.PersonAsync(service, Role.Screener)).By.By.Person),
        (await school.PersonAsync(service, Role.Office)).Token, (await school.PersonAsync(service, Role.Editor)).Token);

    /// <summary>New children with consent, photos of all of them, and each photo told to the website and fetched by it.</summary>
    public async Task<Album> AlbumAsync(int photos, int children)
    {
        var names = Enumerable.Range(0, children).Select(_ => $"p{++pupils}").ToArray();
        var ids = new List<Guid>();
        foreach (var name in names)
        {
            await MustAsync(office.PutAsJsonAsync($"pupils/{name}", new { givenName = "Ada", familyName = "Lovelace", dateOfBirth = "2018-01-01", className = "3B" }));
            foreach (var channel in new[] { Channel.Internal, Channel.Website }) await AnswerAsync(name, channel, "given");
            await using var find = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select id from pupils where mis_id = $1");
            find.Parameters.AddWithValue(name);
            ids.Add((Guid)(await find.ExecuteScalarAsync())!);
        }
        var album = new Album(names, await filled.AddAsync(photos, ids, DateTimeOffset.UtcNow.AddYears(1)));
        await filled.SettleAsync();
        await PurgeBench.UntilAsync(service, "select not exists (select from feed_changes) and not exists (select from audit_unsealed)");
        for (var next = ""; ;)
        {
            var page = await editor.GetFromJsonAsync<JsonElement>($"channels/website/photos?limit=500&after={next}");
            if (page.GetProperty("items").GetArrayLength() == 0) break;
            next = page.GetProperty("next").GetString();
        }
        await Parallel.ForEachAsync(album.Photos, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (photo, cancel) =>
            await MustAsync(editor.GetAsync($"channels/website/photos/{photo}/web", cancel)));
        return album;
    }

    /// <returns>Milliseconds to the whole answer.</returns>
    public async Task<double> AnswerAsync(string pupil, Channel channel, string answer)
    {
        var body = new
        {
            channel = Words.Of(channel),
            answer,
            by = new { kind = "guardian", name = "Grace Hopper" },
            route = "paper",
            noticeVersion = "2026-09",
        };
        var started = Stopwatch.GetTimestamp();
        await MustAsync(office.PostAsJsonAsync($"pupils/{pupil}/consents", body));
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Asks for each once.</summary>
    /// <returns>How many were not answered 410, and how many were asked for in a second.</returns>
    public async Task<(int StillServed, double PerSecond)> ProbeAsync(IReadOnlyList<Guid> photos)
    {
        var served = 0;
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(photos, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (photo, cancel) =>
        {
            using var reply = await editor.GetAsync($"channels/website/photos/{photo}/web", cancel);
            if (reply.StatusCode != HttpStatusCode.Gone) Interlocked.Increment(ref served);
        });
        return (served, photos.Count / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Ends when every photo has its certificate and nothing of it is in the store any more.</summary>
    public async Task UntilGoneAsync(IReadOnlyList<Guid> photos)
    {
        while (true)
        {
            await using var count = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select count(*) from certificates where photo_id = any($1)");
            count.Parameters.AddWithValue(photos.ToArray());
            if ((long)(await count.ExecuteScalarAsync())! == photos.Count && photos.All(photo => !Directory.Exists(Path.Combine(filled.Store, "photos", photo.ToString()))))
                return;
            await Task.Delay(20);
        }
    }

    public void Dispose()
    {
        office.Dispose();
        editor.Dispose();
    }

    private HttpClient Client(string token)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = new Uri($"{service.Settings.PublicUrl}/api/v1/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task MustAsync(Task<HttpResponseMessage> request)
    {
        using var reply = await request;
        if (!reply.IsSuccessStatusCode) throw new InvalidOperationException($"It was refused: {await reply.Content.ReadAsStringAsync()}");
        await reply.Content.ReadAsByteArrayAsync();
    }
}
