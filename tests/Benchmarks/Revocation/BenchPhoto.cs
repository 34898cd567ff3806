using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using PhotoGuard.Benchmarks.Service;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Work;
using PhotoGuard.Workers.Demo;

namespace PhotoGuard.Benchmarks.Revocation;

/// <summary>A photo of a school whose web size is so large that no buffer on the way holds it.</summary>
public sealed record BenchPhoto(BenchSchool School, Guid Id)
{
    public const int Length = 20_000_000;

    public static async Task<BenchPhoto> AddAsync(BenchService service, BenchSchool school)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", school.Token);
        using var sent = await http.PostAsync(new Uri($"{service.Settings.PublicUrl}/api/v1/photos?activity={school.Activity}"),
            new ByteArrayContent(DemoPictures.Jpeg(new DemoPicture { Seed = 1, Width = 640, Height = 480, TakenAt = DateTimeOffset.UtcNow.AddDays(-1) })));
        var text = await sent.Content.ReadAsStringAsync();
        if (!sent.IsSuccessStatusCode) throw new InvalidOperationException($"An upload was not taken: {text}");
        var photo = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetGuid();
        await using var due = service.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("update work set due_at = now() - interval '1 day'");
        await due.ExecuteNonQueryAsync();
        var claims = await service.RunAsync<WorkQueue, List<WorkItem>>(queue => queue.ClaimAsync("bench", [WorkKinds.Render], 1, default));
        await service.RunAsync<RenditionDesk, bool>(desk => desk.KeepAsync(
            claims.Single(claim => claim.Subject == photo), [new(ObjectKind.Thumb, "jpeg", 1, 1, new byte[1]), new(ObjectKind.Web, "jpeg", 2048, 1536, new byte[Length])], default));
        return new(school, photo);
    }
}
