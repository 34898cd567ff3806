using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace PhotoGuard.Tests.Api.Building;

/// <summary>Somebody who calls the JSON API. Paths are relative to <c>/api/v1/</c>.</summary>
public sealed class Person(Uri address, string? token, Guid id)
{
    // One for all: it keeps connections open between tests.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>The staff member's id.</summary>
    public Guid Id { get; } = id;

    /// <summary>The bearer token; null for nobody.</summary>
    public string? Token { get; } = token;

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    /// <param name="path">e.g. <c>activities</c>.</param>
    /// <param name="body">Serialized as camelCase JSON.</param>
    /// <param name="key">An Idempotency-Key.</param>
    public Task<Reply> PostAsync(string path, object? body = null, string? key = null) =>
        SendAsync(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), key);

    public Task<Reply> PutAsync(string path, object body, string? key = null) =>
        SendAsync(HttpMethod.Put, path, JsonContent.Create(body), key);

    public Task<Reply> DeleteAsync(string path, string? key = null) => SendAsync(HttpMethod.Delete, path, null, key);

    /// <summary>A body as it stands, e.g. malformed JSON.</summary>
    public Task<Reply> PostTextAsync(string path, string text, string type = "application/json") =>
        SendAsync(HttpMethod.Post, path, new StringContent(text, Encoding.UTF8, type));

    /// <summary>Bytes, e.g. a picture.</summary>
    public Task<Reply> PostBytesAsync(string path, byte[] bytes, string type = "image/jpeg", string? key = null) =>
        SendAsync(HttpMethod.Post, path, new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(type) } }, key);

    public async Task<Reply> SendAsync(HttpMethod method, string path, HttpContent? content, string? key = null)
    {
        var url = path.StartsWith('/') ? path : $"/api/v1/{path}";
        using var request = new HttpRequestMessage(method, new Uri(address, url)) { Content = content };
        if (Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await Http.SendAsync(request);
        return new(
            (int)response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>What came back.</summary>
public sealed record Reply(int Status, byte[] Bytes, string? Type, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Bytes);

    /// <summary>The type of the problem without its path, e.g. <c>not-found</c>; null where it is none.</summary>
    public string? Problem => Type == "application/problem+json" ? Json.GetProperty("type").GetString()!.Split('/')[^1] : null;

    /// <summary>The id of what was made or changed.</summary>
    public Guid Id => Json.GetProperty("id").GetGuid();

    /// <summary>Items of a list.</summary>
    public JsonElement[] Items => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>Where a list goes on; null on its last page.</summary>
    public string? Next => Json.TryGetProperty("next", out var next) ? next.GetString() : null;

    /// <summary>Fails the test with the answer's text unless it has one of these statuses.</summary>
    public Reply Must(params int[] statuses)
    {
        Assert.True(statuses.Contains(Status), $"{Status} instead of {string.Join(" or ", statuses)}: {Text}");
        return this;
    }

    /// <summary>Fails the test unless it is this problem.</summary>
    public Reply MustRefuse(int status, string problem)
    {
        Must(status);
        Assert.Equal(problem, Problem);
        return this;
    }
}
