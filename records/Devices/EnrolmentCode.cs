using System.Security.Cryptography;
using System.Text;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Devices;

/// <summary>
/// A code that is typed on the device: eight of thirty-two letters and digits that nobody mistakes for one another, so 2^40 codes.
/// </summary>
/// <remarks>
/// Guessing is hopeless: all the world together has <see cref="MostTries"/> tries in a quarter of an hour (<see cref="EnrolmentDesk"/>), and a code
/// lives as long. Whoever uses up every try while one code is open hits it with 1000 / 2^40, one in a thousand million; with a hundred
/// schools that always have one open, all year round, with 35,000 × 100 × 1000 / 2^40, one in three hundred, and has then a browser that
/// signs nobody in, in the place of an iPad whose ICT lead sees the code refused. Whoever uses up the tries keeps others from typing codes for a quarter
/// of an hour, and from nothing else: the address has 256 bits and is not counted.
/// </remarks>
internal static class EnrolmentCode
{
    public const int MostTries = 1000;

    /// <summary>Without I and O, 0 and 1.</summary>
    private const string Letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    private const int Length = 8;

    /// <summary>A new code as it is shown, e.g. <c>K7QP-3MXA</c>.</summary>
    public static string New() => RandomNumberGenerator.GetString(Letters, Length).Insert(Length / 2, "-");

    /// <summary>
    /// By which it is found. Keyed by the root key: a code is short enough to be computed back from a plain digest by whoever reads the
    /// records while it lives.
    /// </summary>
    /// <returns>Null where it is no code at all.</returns>
    public static byte[]? Hash(string? typed, RootKey root)
    {
        // As people type: in small letters, with spaces or without the hyphen, O for what they take for it.
        var code = new string([.. (typed ?? "").ToUpperInvariant().Where(letter => letter is not (' ' or '-'))]);
        if (code.Length != Length || !code.All(Letters.Contains)) return null;
        return HMACSHA256.HashData(root.Bytes, Encoding.ASCII.GetBytes($"enrolment code {code}"));
    }
}
