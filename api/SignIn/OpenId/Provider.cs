using System.Text.Json;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.SignIn.OpenId;

public enum ProviderKind
{
    /// <summary>Microsoft 365: people are told apart by tenant and <c>oid</c>.</summary>
    Microsoft,

    /// <summary>Google Workspace: the school's domain stands in <c>hd</c>.</summary>
    Google,

    /// <summary>Any other OpenID provider.</summary>
    Other,
}

/// <summary>A provider of school accounts, as the file of PHOTOGUARD_SIGN_IN names it.</summary>
/// <param name="Name">In addresses: small letters, digits and hyphens.</param>
/// <param name="Title">On the button, e.g. "Microsoft".</param>
/// <param name="Issuer">Exactly as it stands in its tokens; <c>{tenantid}</c> where each tenant has its own.</param>
/// <param name="Tenants">Of Microsoft: those that are the school's (<c>tid</c>).</param>
/// <param name="HostedDomain">Of Google: the school's domain (<c>hd</c>).</param>
public sealed record Provider(
    string Name, string Title, ProviderKind Kind, string Issuer, IReadOnlyList<string> Tenants, string? HostedDomain, string ClientId, string ClientSecret)
{
    public const string TenantPlace = "{tenantid}";

    /// <summary>Name of its scheme, and of the audit's detail.</summary>
    public string Scheme => $"openid-{Name}";

    /// <summary>Where the provider sends people back to.</summary>
    public string Callback => $"/sign-in/from/{Name}";

    /// <summary>Where it describes itself (OpenID Connect Discovery 1.0, 4).</summary>
    public string Metadata => Issuer.Replace(TenantPlace, Tenants.Count == 1 ? Tenants[0] : "organizations", StringComparison.Ordinal).TrimEnd('/') + "/.well-known/openid-configuration";

    public bool IsOnThisMachine => new Uri(Issuer.Replace(TenantPlace, "t", StringComparison.Ordinal)) is { IsLoopback: true };

    /// <summary>The issuers that it may name, in its description and in tokens.</summary>
    public bool MayBe(string? issuer) => issuer is not null
        && (issuer == Issuer || Tenants.Any(tenant => issuer == Issuer.Replace(TenantPlace, tenant, StringComparison.Ordinal)));
}

/// <summary>The providers that this service knows; none where no file names any.</summary>
public sealed class Providers
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    private Providers(IReadOnlyList<Provider> all) => All = all;

    public IReadOnlyList<Provider> All { get; }

    /// <summary>The provider of that name.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404.</exception>
    public Provider Find(string? name) => All.FirstOrDefault(provider => provider.Name == name) ?? throw Refusals.NotFound("school account");

    /// <summary>Reads the file.</summary>
    /// <param name="path">Null for none.</param>
    /// <exception cref="SettingsException">It cannot be read, can be read by others, or names a provider that nobody could trust.</exception>
    public static Providers From(string? path)
    {
        if (path is null) return new([]);
        if (!File.Exists(path)) throw Wrong("is not there");
        if ((File.GetUnixFileMode(path) & Others) != 0) throw Wrong("can be read by others: run chmod 600 on it, and ask who read the secrets in it");
        List<Told>? told;
        try
        {
            told = JsonSerializer.Deserialize<List<Told>>(File.ReadAllText(path), Json);
        }
        catch (JsonException)
        {
            throw Wrong("is not a JSON list of providers; docs/operations.md shows one");
        }

        Provider[] all = [.. (told ?? []).Select(one => Checked(one, path))];
        if (all.Select(one => one.Name).Distinct().Count() != all.Length) throw Wrong("names a provider twice");
        return new(all);

        SettingsException Wrong(string why) => new($"The file {path} of PHOTOGUARD_SIGN_IN {why}.");
    }

    private sealed record Told(
        string? Name, string? Title, string? Kind, string? Issuer, string[]? Tenants, string? HostedDomain, string? ClientId, string? ClientSecret);

    private static Provider Checked(Told it, string path)
    {
        var kind = Words.Parse<ProviderKind>(it.Kind) ?? throw Wrong("'kind' is microsoft, google or other");
        if (it.Name is not { Length: > 0 and <= 30 } name || name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-'))
            throw Wrong("'name' is small letters, digits and hyphens");
        if (it.ClientId is not { Length: > 0 } client || it.ClientSecret is not { Length: > 0 } secret) throw Wrong("'clientId' and 'clientSecret' are needed");
        var issuer = it.Issuer ?? kind switch
        {
            ProviderKind.Microsoft => $"https://login.microsoftonline.com/{Provider.TenantPlace}/v2.0",
            ProviderKind.Google => "https://accounts.google.com",
            _ => throw Wrong("'issuer' is needed"),
        };
        var provider = new Provider(name, it.Title ?? name, kind, issuer, it.Tenants ?? [], it.HostedDomain, client, secret);
        if (!Uri.TryCreate(provider.Metadata, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback))
            throw Wrong("'issuer' is an https address");
        // Whoever has an account at all would else be asked for, and half the world has one.
        if (kind == ProviderKind.Microsoft && provider.Tenants.Count == 0) throw Wrong("'tenants' names the school's own");
        if (kind == ProviderKind.Google && string.IsNullOrEmpty(provider.HostedDomain)) throw Wrong("'hostedDomain' names the school's own");
        if (issuer.Contains(Provider.TenantPlace, StringComparison.Ordinal) && provider.Tenants.Count == 0) throw Wrong("'tenants' names the school's own");
        return provider;

        SettingsException Wrong(string why) => new($"The provider {it.Name} in {path}: {why}.");
    }
}
