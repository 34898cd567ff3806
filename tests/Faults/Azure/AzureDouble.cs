using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Faults.Azure;

/// <summary>
/// An Azure Blob account that really keeps what the emulator only promises to keep: soft-deleted blobs, versions, snapshots, leases,
/// immutability. It speaks the calls that the store makes and no others, and fails as it is told to.
/// </summary>
internal sealed class AzureDouble : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly List<Kept> blobs = [];
    private long versions;

    private AzureDouble(WebApplication app) => this.app = app;

    public bool SoftDelete { get; set; }
    public bool Versioning { get; set; }
    public bool Immutable { get; set; }

    /// <summary>Whoever asks has the rights of a container alone.</summary>
    public bool HidesAccount { get; set; }

    /// <summary>How many deletions are acknowledged and not carried out.</summary>
    public int LyingDeletes { get; set; }

    /// <summary>Answers a request in the account's place; null lets it through.</summary>
    public Func<HttpRequest, int?>? Refuses { get; set; }

    /// <summary>How many answers are lost after the request was carried out.</summary>
    public int LostAnswers { get; set; }

    public ConcurrentQueue<string> Asked { get; } = new();

    public string Connection =>
        $"azure:DefaultEndpointsProtocol=http;AccountName=double;AccountKey={Convert.ToBase64String(new byte[32])};BlobEndpoint={TestApi.AddressOf(app).ToString().TrimEnd('/')}/double";

    public static async Task<AzureDouble> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 100_000_000);
        var app = builder.Build();
        var account = new AzureDouble(app);
        app.Run(account.AnswerAsync);
        await app.StartAsync();
        return account;
    }

    /// <summary>Everything it holds of that name, in whatever state.</summary>
    public int HeldOf(string part)
    {
        lock (gate) return blobs.Count(blob => blob.Name.Contains(part, StringComparison.Ordinal));
    }

    public void Lease(string part) => Each(part, blob => blob.Leased = true);

    public void Snapshot(string part)
    {
        lock (gate)
            blobs.AddRange([.. blobs.Where(blob => blob.IsBase && blob.Name.Contains(part, StringComparison.Ordinal)).Select(blob => blob with { Snapshot = Stamp(), Leased = false })]);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private void Each(string part, Action<Kept> change)
    {
        lock (gate) foreach (var blob in blobs.Where(blob => blob.Name.Contains(part, StringComparison.Ordinal))) change(blob);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Asked.Enqueue($"{request.Method} {request.Path}{request.QueryString}");
        response.Headers["x-ms-version"] = "2023-08-03";
        response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        if (Refuses?.Invoke(request) is { } status)
        {
            if (Fail(response, status, status == 503 ? "ServerBusy" : "OperationTimedOut") is { } words) await response.Body.WriteAsync(words);
            return;
        }
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var answer = Answer(request, response, body.ToArray());
        if (LostAnswers > 0)
        {
            LostAnswers--;
            context.Abort();
            return;
        }
        if (answer is not null && request.Method != "HEAD") await response.Body.WriteAsync(answer);
    }

    private byte[]? Answer(HttpRequest request, HttpResponse response, byte[] body)
    {
        // /account/container/blob…
        var parts = request.Path.Value!.Split('/', 3, StringSplitOptions.RemoveEmptyEntries);
        // Kestrel leaves slashes of names as they were sent.
        var name = Uri.UnescapeDataString(parts[^1]);
        var (comp, kind) = ((string?)request.Query["comp"], (string?)request.Query["restype"]);
        lock (gate)
        {
            return (request.Method, parts.Length, kind, comp) switch
            {
                ("GET", 1, "service", "properties") => Account(response),
                ("PUT", 2, "container", null) => Fail(response, 409, "ContainerAlreadyExists"),
                ("GET" or "HEAD", 2, "container", null) => Container(response),
                ("GET", 2, "container", "list") => List(request, response),
                ("PUT", 3, null, null) => Put(request, response, name, body),
                ("PUT", 3, null, "lease") => Break(request, response, name),
                ("GET" or "HEAD", 3, null, null) => Get(request, response, name),
                ("DELETE", 3, null, null) => Delete(request, response, name),
                _ => Fail(response, 501, "NotImplemented"),
            };
        }
    }

    private byte[]? Account(HttpResponse response)
    {
        if (HidesAccount) return Fail(response, 403, "AuthorizationPermissionMismatch");
        response.ContentType = "application/xml";
        return Xml(new XElement("StorageServiceProperties", new XElement("DeleteRetentionPolicy",
            new XElement("Enabled", SoftDelete ? "true" : "false"), SoftDelete ? new XElement("Days", 7) : null)));
    }

    private byte[]? Container(HttpResponse response)
    {
        Marks(response);
        response.Headers["x-ms-has-immutability-policy"] = Immutable ? "true" : "false";
        response.Headers["x-ms-has-legal-hold"] = "false";
        return null;
    }

    private byte[]? Put(HttpRequest request, HttpResponse response, string name, byte[] body)
    {
        var there = blobs.SingleOrDefault(blob => blob.IsBase && blob.Name == name);
        if (there is not null && request.Headers.IfNoneMatch == "*") return Fail(response, 409, "BlobAlreadyExists");
        if (there is not null) blobs.Remove(there);
        var metadata = request.Headers.Where(header => header.Key.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key, header => header.Value.ToString());
        var blob = new Kept(name, body, metadata, Versioning ? Stamp() : null);
        blobs.Add(blob);
        Marks(response, blob);
        response.StatusCode = 201;
        response.Headers["x-ms-request-server-encrypted"] = "true";
        return null;
    }

    private byte[]? Get(HttpRequest request, HttpResponse response, string name)
    {
        if (blobs.SingleOrDefault(blob => blob.IsBase && blob.Name == name) is not { } blob) return Fail(response, 404, "BlobNotFound");
        Marks(response, blob);
        foreach (var (key, value) in blob.Metadata) response.Headers[key] = value;
        response.Headers["x-ms-blob-type"] = "BlockBlob";
        response.Headers.AcceptRanges = "bytes";
        var (from, to) = (0, blob.Bytes.Length - 1);
        var range = request.Headers["x-ms-range"].FirstOrDefault() ?? request.Headers.Range.FirstOrDefault();
        if (range is not null)
        {
            var ends = range["bytes=".Length..].Split('-');
            from = int.Parse(ends[0], CultureInfo.InvariantCulture);
            if (ends[1].Length > 0) to = Math.Min(to, int.Parse(ends[1], CultureInfo.InvariantCulture));
            response.StatusCode = 206;
            response.Headers.ContentRange = $"bytes {from}-{to}/{blob.Bytes.Length}";
        }
        response.ContentType = "application/octet-stream";
        response.ContentLength = to - from + 1;
        return blob.Bytes[from..(to + 1)];
    }

    private byte[]? Delete(HttpRequest request, HttpResponse response, string name)
    {
        if (Immutable) return Fail(response, 409, "BlobImmutableDueToPolicy");
        if ((string?)request.Query["versionid"] is { } version)
        {
            if (blobs.RemoveAll(blob => blob.Name == name && blob.Version == version && !blob.Deleted) == 0) return Fail(response, 404, "BlobNotFound");
            response.StatusCode = 202;
            return null;
        }
        if (blobs.SingleOrDefault(blob => blob.IsBase && blob.Name == name) is not { } there) return Fail(response, 404, "BlobNotFound");
        if (there.Leased) return Fail(response, 412, "LeaseIdMissing");
        var snapshots = blobs.Where(blob => blob.Name == name && blob.Snapshot is not null && !blob.Deleted).ToList();
        if (snapshots.Count > 0 && request.Headers["x-ms-delete-snapshots"] != "include") return Fail(response, 409, "SnapshotsPresent");
        response.StatusCode = 202;
        if (LyingDeletes > 0)
        {
            LyingDeletes--;
            return null;
        }
        foreach (var gone in snapshots.Append(there))
        {
            // With versions a deletion makes the base a version like the others; with soft delete the bytes stay, too.
            if (gone.Version is not null && gone.Snapshot is null) gone.Current = false;
            else if (SoftDelete) gone.Deleted = true;
            else blobs.Remove(gone);
        }
        return null;
    }

    private byte[]? Break(HttpRequest request, HttpResponse response, string name)
    {
        Assert.Equal("break", request.Headers["x-ms-lease-action"].ToString());
        foreach (var blob in blobs.Where(blob => blob.Name == name)) blob.Leased = false;
        Marks(response);
        response.StatusCode = 202;
        response.Headers["x-ms-lease-time"] = "0";
        return null;
    }

    private byte[] List(HttpRequest request, HttpResponse response)
    {
        var include = request.Query["include"].ToString().Split(',').ToHashSet(StringComparer.OrdinalIgnoreCase);
        var prefix = request.Query["prefix"].ToString();
        var shown = blobs.Where(blob => blob.Name.StartsWith(prefix, StringComparison.Ordinal)
            && (!blob.Deleted || include.Contains("deleted"))
            && (blob.Current || include.Contains("versions"))
            && (blob.Snapshot is null || include.Contains("snapshots")));
        response.ContentType = "application/xml";
        return Xml(new XElement("EnumerationResults",
            new XElement("Prefix", prefix),
            new XElement("Blobs", shown.OrderBy(blob => blob.Name, StringComparer.Ordinal).Select(blob => new XElement("Blob",
                new XElement("Name", blob.Name),
                blob.Deleted ? new XElement("Deleted", "true") : null,
                blob.Snapshot is null ? null : new XElement("Snapshot", blob.Snapshot),
                blob.Version is null ? null : new XElement("VersionId", blob.Version),
                blob.Version is not null && blob.Current ? new XElement("IsCurrentVersion", "true") : null,
                new XElement("Properties",
                    new XElement("Last-Modified", DateTimeOffset.UnixEpoch.ToString("R")),
                    new XElement("Etag", "0x1"),
                    new XElement("Content-Length", blob.Bytes.Length),
                    new XElement("BlobType", "BlockBlob"))))),
            new XElement("NextMarker")));
    }

    private string Stamp() => DateTimeOffset.UnixEpoch.AddTicks(++versions).ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private static void Marks(HttpResponse response, Kept? blob = null)
    {
        response.Headers.ETag = "\"0x1\"";
        response.Headers.LastModified = DateTimeOffset.UnixEpoch.ToString("R");
        if (blob?.Version is { } version) response.Headers["x-ms-version-id"] = version;
    }

    private static byte[]? Fail(HttpResponse response, int status, string code)
    {
        response.StatusCode = status;
        response.Headers["x-ms-error-code"] = code;
        // An answer to HEAD has no body to be read.
        if (HttpMethods.IsHead(response.HttpContext.Request.Method)) return null;
        response.ContentType = "application/xml";
        return Xml(new XElement("Error", new XElement("Code", code), new XElement("Message", code)));
    }

    private static byte[] Xml(XElement root) => System.Text.Encoding.UTF8.GetBytes(new XDeclaration("1.0", "utf-8", null) + root.ToString(SaveOptions.DisableFormatting));

    private sealed record Kept(string Name, byte[] Bytes, IReadOnlyDictionary<string, string> Metadata, string? Version)
    {
        public string? Snapshot { get; init; }
        public bool Current { get; set; } = true;
        public bool Deleted { get; set; }
        public bool Leased { get; set; }
        public bool IsBase => Snapshot is null && Current && !Deleted;
    }
}
