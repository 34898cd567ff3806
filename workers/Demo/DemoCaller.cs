using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace PhotoGuard.Workers.Demo;

/// <summary>One person of the demo at the HTTP API, with a bearer token like any program of a school. Paths are relative to <c>/api/v1/</c>.</summary>
internal sealed class DemoCaller(HttpClient http, string token)
{
    public Task<DemoAnswer> GetAsync(string path, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, cancel);

    public Task<DemoAnswer> PutAsync(string path, object body, CancellationToken cancel) =>
        SendAsync(HttpMethod.Put, path, JsonContent.Create(body), cancel);

    public Task<DemoAnswer> PostAsync(string path, object body, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body), cancel);

    public Task<DemoAnswer> UploadAsync(string path, byte[] file, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, new ByteArrayContent(file) { Headers = { ContentType = new("image/jpeg") } }, cancel);

    private async Task<DemoAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return new($"{method} {path}", (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel));
        }
        catch (HttpRequestException error)
        {
            throw new IOException($"The service does not answer {method} {path}: {error.Message}", error);
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record DemoAnswer(string Asked, int Status, byte[] Bytes)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Bytes);

    public Guid Id => Json.GetProperty("id").GetGuid();

    /// <summary>Items of a list.</summary>
    public JsonElement[] Items => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>The sentence of a problem.</summary>
    public string Sentence => Text("detail") ?? Text("title") ?? $"status {Status}";

    /// <summary>The type of a problem without its path, e.g. <c>duplicate</c>.</summary>
    public string? Problem => Text("type")?.Split('/')[^1];

    /// <exception cref="IOException">The service answered something else.</exception>
    public DemoAnswer Must(params ReadOnlySpan<int> statuses) => statuses.Contains(Status)
        ? this
        : throw new IOException($"{Asked} was answered with {Status}: {Sentence}");

    public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
