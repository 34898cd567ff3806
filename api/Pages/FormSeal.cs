using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using PhotoGuard.Api.SignIn;

namespace PhotoGuard.Api.Pages;

/// <summary>
/// Proof that a form was filled in on a page of ours: a digest of a secret that only this browser's cookie holds, so another site
/// cannot know it. Any node can check it; nothing is kept anywhere.
/// </summary>
public static class FormSeal
{
    public const string Field = "seal";
    private const string Cookie = "photoguard-form";

    /// <summary>The seal for forms of the page under way; gives the browser a secret where it has none yet.</summary>
    public static string Of(HttpContext context)
    {
        if (SecretOf(context.Request) is { } secret) return Digest(secret);
        if (context.Items[Cookie] is not string fresh)
        {
            context.Items[Cookie] = fresh = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            SessionCookie.Append(context, Cookie, fresh, site: SameSiteMode.Strict);
        }

        return Digest(fresh);
    }

    public static bool Fits(HttpRequest request, string? seal) =>
        seal is not null && SecretOf(request) is { } secret
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Digest(secret)));

    // The session's own secret where there is one: a cookie planted from a neighbouring address then proves nothing.
    private static string? SecretOf(HttpRequest request) =>
        SessionCookie.Read(request) ?? SessionCookie.Read(request, Cookie);

    private static string Digest(string secret) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "photoguard form"u8));
}
