using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PhotoGuard.Tests.Api.Building;

namespace PhotoGuard.Tests.Api.OpenId;

/// <summary>
/// An OpenID provider that does what an attacker would, one thing at a time. Its issuers: <c>/plain</c>, <c>/google</c> and <c>/ms/{tenant}/v2.0</c>.
/// </summary>
public sealed class HostileProvider : IAsyncDisposable
{
    private HostileProvider()
    {
    }

    private readonly RSA known = RSA.Create(2048), other = RSA.Create(2048);
    private readonly Dictionary<string, (string Nonce, string Issuer)> codes = [];
    private WebApplication? app;

    public Uri Address { get; private set; } = null!;

    /// <summary>What it does wrong this time; null for nothing.</summary>
    public string? Misdeed { get; set; }

    /// <summary>Who signs in.</summary>
    public string Subject { get; set; } = "s-1";

    /// <summary>Claims besides those that every token has.</summary>
    public Dictionary<string, object> Claims { get; } = [];

    public string? LastPrompt { get; private set; }

    public static async Task<HostileProvider> StartAsync()
    {
        var provider = new HostileProvider();
        await provider.ServeAsync();
        return provider;
    }

    private async Task ServeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapGet("/{*issuer}", (HttpContext http, string issuer) => issuer switch
        {
            _ when issuer.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal) => Described(issuer[..^"/.well-known/openid-configuration".Length]),
            _ when issuer.EndsWith("/jwks", StringComparison.Ordinal) => Results.Json(new { keys = new[] { Jwk(known, "k1") } }),
            _ when issuer.EndsWith("/auth", StringComparison.Ordinal) => Answer(http.Request, issuer[..^"/auth".Length]),
            _ => Results.NotFound(),
        });
        app.MapPost("/{*issuer}", async (HttpContext http) => await Token(await http.Request.ReadFormAsync()).ExecuteAsync(http));
        await app.StartAsync();
        Address = TestApi.AddressOf(app);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null) await app.DisposeAsync();
        known.Dispose();
        other.Dispose();
    }

    /// <summary>As <c>organizations</c> of Microsoft is described: the issuer of a tenant is a pattern.</summary>
    private string IssuerOf(string path) => new Uri(Address, path.Replace("organizations", "{tenantid}", StringComparison.Ordinal)).ToString()
        .Replace("%7B", "{", StringComparison.Ordinal).Replace("%7D", "}", StringComparison.Ordinal);

    private IResult Described(string path) => Results.Json(new
    {
        issuer = Misdeed == "describes itself as another" ? "https://accounts.example" : IssuerOf(path),
        authorization_endpoint = new Uri(Address, $"{path}/auth"),
        token_endpoint = new Uri(Address, $"{path}/token"),
        jwks_uri = new Uri(Address, $"{path}/jwks"),
        authorization_response_iss_parameter_supported = true,
    });

    private IResult Answer(HttpRequest request, string path)
    {
        var (back, state) = (request.Query["redirect_uri"].ToString(), request.Query["state"].ToString());
        LastPrompt = request.Query["prompt"];
        var issuer = IssuerOf(path).Replace("{tenantid}", "t-1", StringComparison.Ordinal);
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        lock (codes) codes[code] = (request.Query["nonce"].ToString(), issuer);
        var said = Misdeed switch
        {
            "no iss in the answer" => "",
            "another iss in the answer" => "&iss=https%3A%2F%2Faccounts.example",
            _ => $"&iss={Uri.EscapeDataString(issuer)}",
        };
        if (Misdeed == "state tampered with") state = state[..^4] + (state.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        return Misdeed switch
        {
            "person said no" => Results.Redirect($"{back}?error=access_denied&error_description=%3Cscript%3E&state={state}{said}"),
            "no state" => Results.Redirect($"{back}?code={code}{said}"),
            "no code" => Results.Redirect($"{back}?state={state}{said}"),
            _ => Results.Redirect($"{back}?code={code}&state={state}{said}"),
        };
    }

    private IResult Token(IFormCollection form)
    {
        (string Nonce, string Issuer) asked;
        lock (codes)
            if (!codes.Remove(form["code"].ToString(), out asked) || form["code_verifier"].Count != 1) return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        return Misdeed switch
        {
            "token address fails" => Results.Text("<html>500</html>", "text/html", statusCode: 500),
            "token answer is no JSON" => Results.Text("\0\u0001 not JSON", "application/json"),
            "token answer is huge" => Results.Text(new string('x', 20_000_000), "application/json"),
            "no id_token" => Results.Json(new { access_token = "a", token_type = "Bearer" }),
            "id_token is no token" => Results.Json(new { access_token = "a", token_type = "Bearer", id_token = "a.b.c" }),
            _ => Results.Json(new { access_token = "a", token_type = "Bearer", id_token = IdToken(asked.Nonce, asked.Issuer) }),
        };
    }

    private string IdToken(string nonce, string issuer)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(Claims)
        {
            ["iss"] = Misdeed == "another issuer in the token" ? "https://accounts.example" : issuer,
            ["sub"] = Subject,
            ["aud"] = Misdeed switch
            {
                "another audience" => "other-client",
                "several audiences, asked for by another" or "several audiences, asked for by nobody" => new[] { "photoguard", "other-client" },
                _ => "photoguard",
            },
            ["iat"] = now,
            ["exp"] = Misdeed == "expired" ? now - 600 : now + 600,
            ["nonce"] = Misdeed == "another nonce" ? "of-somebody-else" : nonce,
        };
        if (Misdeed == "several audiences, asked for by another") claims["azp"] = "other-client";
        if (Misdeed == "asked for by another") claims["azp"] = "other-client";
        if (Misdeed == "not good yet") claims["nbf"] = now + 600;
        if (Misdeed == "no end") claims.Remove("exp");
        if (Misdeed == "no nonce") claims.Remove("nonce");
        if (Misdeed == "nobody's") claims["sub"] = "";
        var algorithm = Misdeed switch { "signed by nothing" => "none", "signed by the shared secret" => "HS256", _ => "RS256" };
        var head = new { alg = algorithm, typ = "JWT", kid = Misdeed == "signed by a key that is not told" ? "k2" : "k1" };
        var signed = $"{Part(head)}.{Part(claims)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = Misdeed switch
        {
            "signed by nothing" or "signed by nothing and said to be signed" => [],
            "signed by the shared secret" => HMACSHA256.HashData(Encoding.ASCII.GetBytes(OpenIdHouse.ClientSecret), bytes),
            "signed by another key" or "signed by a key that is not told" => other.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "changed after signing" => known.SignData([.. bytes, 1], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => known.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";

        static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
    }

    private static object Jwk(RSA key, string id)
    {
        var open = key.ExportParameters(false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = id, n = Base64Url.EncodeToString(open.Modulus), e = Base64Url.EncodeToString(open.Exponent) };
    }
}
