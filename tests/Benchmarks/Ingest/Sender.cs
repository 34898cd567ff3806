using System.Diagnostics;
using System.Net.Http.Headers;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Ingest;

/// <summary>One client: a connection of its own, one upload after the other.</summary>
public sealed class Sender(BenchService service, BenchSchool school, BenchPictures pictures) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseCookies = false, UseProxy = false });
    private readonly Uri address = new($"{service.Settings.PublicUrl}/api/v1/photos?activity={school.Activity}");

    /// <summary>Uploads so many.</summary>
    /// <returns>Milliseconds of each, from the first byte sent to the whole acknowledgement.</returns>
    public async Task<double[]> SendAsync(int count)
    {
        var took = new double[count];
        for (var i = 0; i < count; i++)
        {
            var picture = pictures.Next();
            var started = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Post, address)
            {
                Content = new ReadOnlyMemoryContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", school.Token);
            request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            using var response = await http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if ((int)response.StatusCode != 201) throw new InvalidOperationException($"An upload was not taken: {text}");
        }

        return took;
    }

    public void Dispose() => http.Dispose();
}
