using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PhotoGuard.Records.Staff;

/// <summary>A secret that proves who somebody is: 32 random bytes as text. Only its SHA-256 is ever kept.</summary>
public static class Secret
{
    /// <summary>What every bearer token begins with, so that a leaked one is recognised as ours.</summary>
    public const string TokenPrefix = "pg_";

    /// <summary>A new secret, base64url without padding, after the prefix.</summary>
    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of the text, 32 bytes.</summary>
    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
