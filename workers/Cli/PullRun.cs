using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace PhotoGuard.Workers.Cli;

/// <summary>Follows a channel's feed into a folder. It removes nothing that it did not put there.</summary>
internal sealed class PullRun(string url, string token, string channel, string folder)
{
    /// <summary>Which files are ours, and where in the feed we are: kept beside the pictures.</summary>
    private const string StateFile = ".photoguard-pull.json";

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var state = await LoadAsync(cancel);
        while (true)
        {
            var query = state.Next is null ? "" : $"?after={Uri.EscapeDataString(state.Next)}";
            using var response = await http.GetAsync($"/api/v1/channels/{channel}/photos{query}", cancel);
            if (response.StatusCode == HttpStatusCode.Gone)
            {
                // Too old to follow: from the start, which is right at once, and then what was not told again goes.
                state = await RestartAsync(http, state, cancel);
                break;
            }
            if (!response.IsSuccessStatusCode) return await RefusedAsync(response, cancel);
            var page = (await response.Content.ReadFromJsonAsync<Feed>(cancel))!;
            foreach (var item in page.Items) await TakeAsync(http, state, item, cancel);
            state.Next = page.Next;
            await SaveAsync(state, cancel);
            if (page.Items.Count == 0) break;
        }
        await SaveAsync(state, cancel);
        Console.WriteLine($"{state.Files.Count} pictures in {folder}");
        return 0;
    }

    private async Task<State> RestartAsync(HttpClient http, State old, CancellationToken cancel)
    {
        var fresh = new State();
        while (true)
        {
            var query = fresh.Next is null ? "" : $"?after={Uri.EscapeDataString(fresh.Next)}";
            var page = (await http.GetFromJsonAsync<Feed>($"/api/v1/channels/{channel}/photos{query}", cancel))!;
            foreach (var item in page.Items)
            {
                if (old.Files.TryGetValue(item.Id, out var known)) fresh.Files[item.Id] = known;
                await TakeAsync(http, fresh, item, cancel);
            }
            fresh.Next = page.Next;
            if (page.Items.Count == 0) break;
        }
        foreach (var (id, file) in old.Files)
            if (!fresh.Files.ContainsKey(id)) File.Delete(Path.Combine(folder, file.Name));
        return fresh;
    }

    private async Task TakeAsync(HttpClient http, State state, Item item, CancellationToken cancel)
    {
        var web = item.Renditions.FirstOrDefault(rendition => rendition.Name == "web");
        if (item.State != "cleared" || web is null)
        {
            if (state.Files.Remove(item.Id, out var gone)) File.Delete(Path.Combine(folder, gone.Name));
            return;
        }
        // The name comes from the id alone: nothing a server says can lead out of the folder.
        var name = $"{Guid.Parse(item.Id):D}.{(web.Format == "webp" ? "webp" : "jpg")}";
        if (state.Files.TryGetValue(item.Id, out var known) && known.Sha256 == web.Sha256 && File.Exists(Path.Combine(folder, name))) return;
        using var response = await http.GetAsync(web.Url, cancel);
        if (response.StatusCode is HttpStatusCode.Gone or HttpStatusCode.NotFound)
        {
            // Withdrawn between the page and now; the feed will say so too.
            if (state.Files.Remove(item.Id, out var gone)) File.Delete(Path.Combine(folder, gone.Name));
            return;
        }
        response.EnsureSuccessStatusCode();
        var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (sha256 != web.Sha256) throw new IOException("A picture arrived damaged; run this again.");
        var part = Path.Combine(folder, $".{name}.part");
        await File.WriteAllBytesAsync(part, bytes, cancel);
        // Ours before it is there: a crash in between must not leave a picture that nobody takes away.
        state.Files[item.Id] = new(name, sha256);
        await SaveAsync(state, cancel);
        File.Move(part, Path.Combine(folder, name), overwrite: true);
    }

    private static async Task<int> RefusedAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await Console.Error.WriteLineAsync($"The service refused ({(int)response.StatusCode}): {await response.Content.ReadAsStringAsync(cancel)}");
        return 1;
    }

    private async Task<State> LoadAsync(CancellationToken cancel)
    {
        var path = Path.Combine(folder, StateFile);
        return File.Exists(path)
            ? JsonSerializer.Deserialize<State>(await File.ReadAllTextAsync(path, cancel), JsonSerializerOptions.Web) ?? new()
            : new();
    }

    private async Task SaveAsync(State state, CancellationToken cancel)
    {
        var part = Path.Combine(folder, StateFile + ".part");
        await File.WriteAllTextAsync(part, JsonSerializer.Serialize(state, JsonSerializerOptions.Web), cancel);
        File.Move(part, Path.Combine(folder, StateFile), overwrite: true);
    }

    private sealed class State
    {
        public string? Next { get; set; }
        public Dictionary<string, Pulled> Files { get; init; } = [];
    }

    private sealed record Pulled(string Name, string Sha256);

    private sealed record Feed(List<Item> Items, string Next);

    private sealed record Item(string Id, string State, List<Offer> Renditions);

    private sealed record Offer(string Name, string Format, string? Sha256, string Url);
}
