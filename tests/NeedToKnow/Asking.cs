using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using PhotoGuard.Api.NeedToKnow;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.NeedToKnow;

/// <summary>
/// What is sent to a route. A write is understood and refused after it was asked who may (a text too long, a day in the past), so that the
/// matrix leaves everything as it was; the few that cannot be so are sent to something that nobody misses.
/// </summary>
public sealed partial class Asking(AskedSchool school)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = 16 });
    private static readonly string Long = new('x', 1001);
    private static readonly byte[] NoPicture = Encoding.ASCII.GetBytes("no picture");

    /// <summary>Forms and calls that take effect where they are allowed, on a picture made for it.</summary>
    public static bool Destroys(RouteRow row) => row.Right == Rights.ErasePhoto && row.Method == "POST" || row.Right == Rights.TakeBackPhoto;

    /// <summary>Never sent where it is allowed: it would end the asker's own session.</summary>
    public static bool EndsSession(RouteRow row) => row.Route is "POST /sign-out";

    /// <param name="there">Whether the records asked for are there; false: ids that never were.</param>
    /// <param name="photo">Null for the records of <see cref="AskedSchool.Ids"/>.</param>
    /// <param name="variant">A header with its value, or the method HEAD.</param>
    public async Task<Reply> SendAsync(RouteRow row, Asker asker, bool there, Guid? photo, (string Name, string Value)? variant = null)
    {
        var id = new Func<string, string>(word => Id(word, asker, there, photo));
        var query = row.Route.Contains('?', StringComparison.Ordinal) ? row.Route[row.Route.IndexOf('?', StringComparison.Ordinal)..] : "";
        if (row.Route == "POST /api/v1/photos/") query = $"?activity={id("activity")}";
        var method = variant?.Name == "HEAD" ? HttpMethod.Head : new HttpMethod(row.Method);
        using var request = new HttpRequestMessage(method, new Uri(school.Address, Path(row, id) + query));
        if (row.Method is "POST" or "PUT" or "DELETE") request.Content = row.IsPage ? Form(row, asker, id) : Body(row);
        if (row.IsPage) request.Headers.Add("Accept", "text/html");
        if (asker.Token is { } token && row.IsPage == asker.WrongDoor) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (asker.Cookies is { } cookies && row.IsPage != asker.WrongDoor) request.Headers.Add("Cookie", cookies);
        if (variant is { Name: not "HEAD" } header) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        using var response = await SentAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentType?.MediaType,
            response.Headers.Concat(response.Content.Headers).ToDictionary(one => one.Key, one => string.Join(", ", one.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Something that no row names: an empty sealed form, sent by another method or to another handler of a page.</summary>
    public async Task<Reply> SendUnnamedAsync(HttpMethod method, RouteRow page, Asker asker, string query)
    {
        using var request = new HttpRequestMessage(method, new Uri(school.Address, Path(page, word => Id(word, asker, true, word == "photo" ? school.Photos[0].Id : null)) + query))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["seal"] = asker.Seal ?? "none" }),
        };
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Cookie", asker.Cookies);
        using var response = await SentAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ContentType?.MediaType, new Dictionary<string, string>());
    }

    /// <summary>Half an answer is told by which it is.</summary>
    private static async Task<HttpResponseMessage> SentAsync(HttpRequestMessage request)
    {
        try
        {
            return await Http.SendAsync(request);
        }
        catch (HttpRequestException error)
        {
            throw new InvalidOperationException($"{request.Method} {request.RequestUri} was cut off: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    /// <summary>An answer without what the asker said and without what is different of every answer.</summary>
    public string Plain(Reply reply, Asker asker, bool there, Guid? photo)
    {
        var text = new StringBuilder($"{reply.Status}\n");
        foreach (var (name, value) in reply.Headers.Where(one => one.Key is not ("Date" or "Content-Length")).OrderBy(one => one.Key, StringComparer.Ordinal))
            text.Append($"{name}: {value}\n");
        text.Append(reply.Text);
        foreach (var word in school.Ids.Keys.Append("photo")) text.Replace(Id(word, asker, there, photo), "#");
        // New with every answer.
        return Nonce().Replace(text.ToString(), "#");
    }

    [GeneratedRegex("""(?<=nonce-|nonce=")[A-Za-z0-9_-]{22}""")]
    private static partial Regex Nonce();

    private string Id(string word, Asker asker, bool there, Guid? photo)
    {
        if (word == "photo") return (photo ?? Guid.Parse("00000000-0000-7000-8000-00000000000f")).ToString();
        if (!there)
            return word switch { "work" => "999999999", "pupil" or "answered pupil" or "blocked pupil" => "mx-000000", "guardian" => "gx-000000", _ => $"00000000-0000-7000-8000-{word.Length:d12}" };
        return school.Ids.TryGetValue($"{word} head", out var own) && asker.Name == "head" ? own : school.Ids[word];
    }

    private static string Path(RouteRow row, Func<string, string> id)
    {
        var record = row.OfPhoto ? "photo"
            : row.Path.Contains("/activities", StringComparison.Ordinal) ? "activity"
            : row.Path.Contains("/consents/", StringComparison.Ordinal) || row.Path.Contains("/answers/", StringComparison.Ordinal) ? "answer"
            : row.Path.Contains("/holds", StringComparison.Ordinal) ? "hold"
            : row.Path.Contains("/removals", StringComparison.Ordinal) ? "removal done"
            : row.Path.Contains("/purges", StringComparison.Ordinal) ? "purge"
            : row.Path.Contains("/restores", StringComparison.Ordinal) ? "restore"
            : row.Path.Contains("/devices", StringComparison.Ordinal) ? "device"
            : row.Path.Contains("/tokens", StringComparison.Ordinal) ? "token"
            : row.Path.Contains("/access-alarms", StringComparison.Ordinal) ? "alarm"
            : "person";
        return row.Path.Replace("{id:guid}", id(record), StringComparison.Ordinal)
            .Replace("{misId}", id(
                row.Path.Contains("/answers/", StringComparison.Ordinal) ? "answered pupil" : row.Route is "GET /blocks/{misId}" or "GET /api/v1/pupils/{misId}/standing" ? "blocked pupil" : "pupil"), StringComparison.Ordinal)
            .Replace("{guardianId}", id("guardian"), StringComparison.Ordinal)
            .Replace("{export:guid}", id("export"), StringComparison.Ordinal)
            .Replace("{channel}", "website", StringComparison.Ordinal)
            .Replace("{name}", "web", StringComparison.Ordinal);
    }

    private static HttpContent? Body(RouteRow row)
    {
        object? body = row.Path["/api/v1/".Length..] switch
        {
            _ when row.Route == "POST /api/v1/photos/" => null,
            "staff/{id:guid}/roles" => new { roles = Array.Empty<string>() },
            var path when path.StartsWith("staff/", StringComparison.Ordinal) => new { classes = new[] { Long } },
            "devices/" => new { name = Long },
            var path when path.StartsWith("access-alarms/", StringComparison.Ordinal) => new { note = Long },
            "pupils/{misId}" => new { givenName = "X", familyName = "X", dateOfBirth = "2999-01-01", className = "X" },
            var path when path.EndsWith("/guardians/{guardianId}", StringComparison.Ordinal) => new { name = Long, responsibility = true },
            var path when path.EndsWith("/consents", StringComparison.Ordinal) => new
            {
                channel = "website", answer = "given", by = new { kind = "guardian", name = "X" }, route = "paper", noticeVersion = "1", answeredAt = "2999-01-01T00:00:00Z",
            },
            "activities/" => new { title = "", purpose = "X", heldOn = "2026-01-01", channels = Array.Empty<string>(), afterwards = "X" },
            var path when path.StartsWith("activities/", StringComparison.Ordinal) => new { decision = "approved", note = Long },
            var path when path.EndsWith("}/pupils", StringComparison.Ordinal) => new { pupils = new[] { "nobody" }, nobodyElse = true },
            var path when path.EndsWith("/description", StringComparison.Ordinal) => new { alt = Long },
            var path when path.EndsWith("/redactions/", StringComparison.Ordinal) => new { boxes = Array.Empty<object>(), fill = "average" },
            var path when path.EndsWith("/screening", StringComparison.Ordinal) => new { decision = "pending" },
            var path when path.EndsWith("/concerns", StringComparison.Ordinal) => new { kind = "other", note = Long },
            var path when path.EndsWith("/publications", StringComparison.Ordinal) => new { channel = "website", place = Long },
            "lifetimes/" => new { consents = 999, guardians = 1, leavers = 1, accessLog = 1, disclosures = 1 },
            "purges/" => new { dryRun = true },
            var path when path.EndsWith("/erasure", StringComparison.Ordinal) => new { reason = "asked for" },
            // Whatever else is to be said about holds, pupils and copies.
            _ => new { reason = row.Right == Rights.HoldPhoto ? "X" : Long, reviewOn = "2000-01-01", proof = "seen" },
        };
        return row.Route == "POST /api/v1/photos/" ? new ByteArrayContent(NoPicture) : JsonContent.Create(body);
    }

    private static HttpContent Form(RouteRow row, Asker asker, Func<string, string> id)
    {
        var seal = asker.Seal ?? "none";
        if (row.Right == Rights.SendPhoto)
            return new MultipartFormDataContent { { new StringContent(seal), "seal" }, { new ByteArrayContent(NoPicture), "pictures", "no-picture.jpg" } };
        return new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["seal"] = seal,
            ["id"] = row.OfPhoto ? id("photo") : id(row.Path switch
            {
                "/removals" => "removal done",
                "/purges" => "purge",
                "/restores" => "restore",
                "/operations" => "work",
                "/devices" => "device",
                "/tokens" => "token",
                "/access" => "alarm",
                _ => row.Route.EndsWith("take", StringComparison.Ordinal) ? "export" : "hold",
            }),
            ["photo"] = id("held"), ["decision"] = row.Path == "/screening" ? "pending" : "approved", ["note"] = Long, ["alt"] = Long, ["pupils"] = "nobody", ["nobodyElse"] = "true",
            ["kind"] = "other", ["reason"] = row.Right == Rights.HoldPhoto ? "X" : Long, ["reviewOn"] = "2000-01-01", ["proof"] = "seen", ["place"] = Long, ["dryRun"] = "true",
            ["givenName"] = "X", ["familyName"] = "X", ["dateOfBirth"] = "2999-01-01", ["className"] = "X", ["name"] = row.Path == "/people" ? "" : Long, ["with"] = "nowhere", ["passkey"] = "00", ["number"] = "",
            ["channel"] = "website", ["answer"] = "given", ["by"] = "guardian", ["route"] = "paper", ["notice"] = "1", ["answeredOn"] = "2999-01-01",
            ["device"] = "", ["cameraModel"] = Long, ["classes"] = Long,
        }.Where(field => field.Key != "id" || row.InForm));
    }
}
