using System.Security.Cryptography;
using OtpNet;

namespace PhotoGuard.Records.Staff;

/// <summary>Codes of an authenticator app: RFC 6238 with the values that every app knows, 30 seconds, six digits, HMAC-SHA-1.</summary>
public static class Totp
{
    /// <summary>160 bits, as RFC 4226, section 4 (R6) recommends.</summary>
    private const int SecretLength = 20;

    /// <summary>A new secret as people type it into an app: base32, 32 characters.</summary>
    public static string NewSecret() => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(SecretLength));

    /// <summary>What an app reads from a QR code.</summary>
    /// <param name="name">Whose it is, as the app shows it.</param>
    public static string Address(string secret, string name) => new OtpUri(OtpType.Totp, secret, name, "PhotoGuard").ToString();

    /// <summary>The step whose code it is: the present one or the one before or after; null where it is none of them, or was used already.</summary>
    /// <param name="used">The last step that was used: a code is good once (OWASP ASVS 5.0, 6.5.1).</param>
    internal static long? Step(string secret, string code, long used, DateTimeOffset now) =>
        new OtpNet.Totp(Base32Encoding.ToBytes(secret)).VerifyTotp(now.UtcDateTime, code, out var step, new VerificationWindow(1, 1)) && step > used ? step : null;
}
