using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Api.SignIn.OpenId;

/// <summary>
/// What travels through the provider and back (RFC 6749, 10.12; RFC 7636): where to go on, PKCE's verifier, and the mark of the browser that
/// began. Sealed under the root key, which every node has, so that any of them finishes it and no ring of keys has to be shared.
/// </summary>
public sealed class SealedState(RootKey root, TimeProvider time) : ISecureDataFormat<AuthenticationProperties>
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly SealedNote note = new(root, "sign-in state");

    public string Protect(AuthenticationProperties data) => Protect(data, null);

    public string Protect(AuthenticationProperties data, string? purpose)
    {
        data.ExpiresUtc = time.GetUtcNow() + Life;
        return Base64Url.EncodeToString(note.Seal(PropertiesSerializer.Default.Serialize(data), purpose ?? ""));
    }

    public AuthenticationProperties? Unprotect(string? protectedText) => Unprotect(protectedText, null);

    public AuthenticationProperties? Unprotect(string? protectedText, string? purpose)
    {
        if (protectedText is not { Length: > 0 and < 8000 } || !Base64Url.IsValid(protectedText)) return null;
        return note.Open(Base64Url.DecodeFromChars(protectedText), purpose ?? "") is { } opened
            && PropertiesSerializer.Default.Deserialize(opened) is { } data && data.ExpiresUtc > time.GetUtcNow()
            ? data
            : null;
    }
}

/// <summary>
/// The nonce stands in the name of a cookie of the browser that began (OpenID Connect Core 1.0, 15.5.2). It is no secret there: without the
/// provider's signature over it it is worth nothing.
/// </summary>
public sealed class PlainNonce : ISecureDataFormat<string>
{
    public string Protect(string data) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(data));

    public string Protect(string data, string? purpose) => Protect(data);

    public string? Unprotect(string? protectedText) => protectedText is { Length: > 0 and < 500 } && Base64Url.IsValid(protectedText)
        ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(protectedText))
        : null;

    public string? Unprotect(string? protectedText, string? purpose) => Unprotect(protectedText);
}
