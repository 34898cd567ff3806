using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;
using PhotoGuard.Tests.Api.Building;
using PhotoGuard.Tests.Faults.Residue;
using PhotoGuard.Tests.Flows;

namespace PhotoGuard.Tests.Api.Reach;

/// <summary>The api as the network reaches it: a process with a certificate, and with a proxy before it.</summary>
public sealed class HttpsTests : IAsyncLifetime
{
    private TestRecords records = null!;
    private string Log => Path.Combine(records.Settings.Data, "api.log");

    public async Task InitializeAsync() => records = await TestRecords.CreateAsync();

    public async Task DisposeAsync() => await records.DisposeAsync();

    [Fact]
    public async Task Over_https_cookies_are_bound_to_this_host_and_the_browser_never_comes_without()
    {
        var (plain, secure) = (ServiceProcess.FreePort(), ServiceProcess.FreePort());
        var (certificate, key, print) = Certificate();
        await using var process = ServiceProcess.StartApi(
            records.Settings, plain, Log, $"ASPNETCORE_URLS=http://127.0.0.1:{plain};https://127.0.0.1:{secure}", $"PHOTOGUARD_PUBLIC_URL=https://localhost:{secure}",
            $"Kestrel__Certificates__Default__Path={certificate}", $"Kestrel__Certificates__Default__KeyPath={key}");
        await ReadyAsync(plain);
        using var http = Client(new Uri($"https://localhost:{secure}"), print);
        using var page = await http.GetAsync(new Uri("/sign-in", UriKind.Relative));
        var cookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-photoguard-form=", cookie, StringComparison.Ordinal);
        foreach (var part in new[] { "; path=/", "; secure", "; httponly", "; samesite=strict" }) Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=63072000; includeSubDomains", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);

        var session = await SignedInAsync();
        Assert.Equal(HttpStatusCode.OK, await LooksAsync(http, $"__Host-photoguard={session}"));
        // A cookie that a plain connection could have planted is none.
        Assert.Equal(HttpStatusCode.Redirect, await LooksAsync(http, $"photoguard={session}"));
    }

    [Fact]
    public async Task A_name_that_is_not_ours_is_answered_nothing_and_a_proxy_is_believed_if_it_is_named()
    {
        var (named, unnamed) = (ServiceProcess.FreePort(), ServiceProcess.FreePort());
        await using var behind = ServiceProcess.StartApi(records.Settings, named, Log, "PHOTOGUARD_PUBLIC_URL=https://photos.school.example", "PHOTOGUARD_PROXIES=127.0.0.1");
        await using var alone = ServiceProcess.StartApi(records.Settings, unnamed, Log, "PHOTOGUARD_PUBLIC_URL=https://photos.school.example", "PHOTOGUARD_PROXIES=192.0.2.1");
        await ReadyAsync(named);
        await ReadyAsync(unnamed);
        foreach (var port in new[] { named, unnamed })
        {
            using var http = Client(new Uri($"http://127.0.0.1:{port}"));
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(http, ("Host", "rebound.example"))).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, ("Host", "photos.school.example"))).StatusCode);
            using var forwarded = await SendAsync(http, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "photos.school.example"), ("X-Forwarded-For", "203.0.113.9"));
            Assert.StartsWith(port == named ? "__Host-photoguard-form=" : "photoguard-form=", Assert.Single(forwarded.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        }
    }

    private async Task<string> SignedInAsync()
    {
        var school = await records.AddSchoolAsync();
        var (_, link) = await records.RunAsync<StaffAdmin, (StaffMember, string)>(it =>
            it.AddAsync(PhotoGuard.Records.Audit.Act.OfSystem(school.Id), "Ida Clark", [Role.Ict], default));
        return (await records.RunAsync<SignIn, SignedIn>(it => it.WithLinkAsync(link, default))).Secret;
    }

    private static async Task<HttpStatusCode> LooksAsync(HttpClient http, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/people", UriKind.Relative));
        request.Headers.Add("Cookie", cookie);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/sign-in", UriKind.Relative));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return http.SendAsync(request);
    }

    private static async Task ReadyAsync(int port)
    {
        using var http = Client(new Uri($"http://127.0.0.1:{port}"));
        await Eventually.IsAsync("the api is ready", async () =>
        {
            try
            {
                return (await http.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    private static HttpClient Client(Uri address, string? print = null) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        // The test's own certificate, which nobody vouches for.
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == print },
    }) { BaseAddress = address };

    private (string Certificate, string Key, string Print) Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var asked = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = asked.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var (certificate, secret) = (Path.Combine(records.Settings.Data, "tls.pem"), Path.Combine(records.Settings.Data, "tls.key"));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
        return (certificate, secret, made.GetCertHashString());
    }
}
