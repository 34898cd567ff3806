using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace PhotoGuard.Records.Keys;

/// <summary>
/// A text as a record keeps it (docs/decisions/0015): a version byte, 12 random bytes of nonce, UTF-8 encrypted by AES-256-GCM under the
/// text key of the photo, pupil or disclosure that it is about, the 16-byte tag. The associated data is where it stands, so that it
/// opens in its own place only. It is read once <see cref="Open"/> was asked for; nothing but its owner's key gives it back.
/// </summary>
public sealed class SealedText
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private string? text;
    private bool opened;

    private SealedText(byte[]? kept, string? text, bool opened) => (Kept, this.text, this.opened) = (kept, text, opened);

    /// <summary>As it lies in its column; null for one that is only imagined.</summary>
    internal byte[]? Kept { get; }

    /// <summary>What was written; null where the key is destroyed, or the row is not what was written.</summary>
    /// <exception cref="InvalidOperationException">Nobody opened it: a defect of ours.</exception>
    public string? Text => opened ? text : throw new InvalidOperationException("This text is sealed: open it first.");

    /// <summary>A text that is only imagined, e.g. to try a rule. It cannot be kept.</summary>
    public static SealedText Imagined(string text) => new(null, text, true);

    /// <summary>As it was kept elsewhere than in a column of its own.</summary>
    internal static SealedText Read(byte[] kept) => new(kept, null, false);

    internal static SealedText Of(string text, TextKey key, string place, Guid row)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var kept = new byte[1 + NonceLength + plain.Length + TagLength];
        kept[0] = Version;
        RandomNumberGenerator.Fill(kept.AsSpan(1, NonceLength));
        using var aes = new AesGcm(key.Bytes, TagLength);
        aes.Encrypt(kept.AsSpan(1, NonceLength), plain, kept.AsSpan(1 + NonceLength, plain.Length), kept.AsSpan(1 + NonceLength + plain.Length), Place(place, row));
        return new(kept, text, true);
    }

    internal void Open(TextKey? key, string place, Guid row) => (text, opened) = (key is null ? null : Opened(key, place, row), true);

    private string? Opened(TextKey key, string place, Guid row)
    {
        if (Kept is not { } kept || kept.Length < 1 + NonceLength + TagLength || kept[0] != Version) return null;
        var plain = new byte[kept.Length - 1 - NonceLength - TagLength];
        using var aes = new AesGcm(key.Bytes, TagLength);
        try
        {
            aes.Decrypt(kept.AsSpan(1, NonceLength), kept.AsSpan(1 + NonceLength, plain.Length), kept.AsSpan(1 + NonceLength + plain.Length), plain, Place(place, row));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Place(string place, Guid row) => [.. Encoding.ASCII.GetBytes(place), .. KeyStore.Whose(row)];

    /// <summary>As it lies in a bytea column.</summary>
    internal sealed class Converter() : ValueConverter<SealedText, byte[]>(
        sealedText => sealedText.Kept ?? Unkept(), kept => new SealedText(kept, null, false))
    {
        private static byte[] Unkept() => throw new InvalidOperationException("A text that is only imagined cannot be kept.");
    }
}

/// <summary>Seals and opens the texts about one photo, pupil or disclosure: derived from its key, and never the same as what encrypts objects.</summary>
public sealed class TextKey
{
    private TextKey(byte[] bytes) => Bytes = bytes;

    internal byte[] Bytes { get; }

    /// <param name="place">Table and column, e.g. <c>photos.alt</c>.</param>
    /// <param name="row">The row's id.</param>
    public SealedText Seal(string text, string place, Guid row) => SealedText.Of(text, this, place, row);

    internal static TextKey Of(byte[] key) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyWrap.KeyLength, info: "text"u8.ToArray()));
}

/// <summary>Text keys by whose they are; null for whoever has none (any more).</summary>
public sealed class TextKeys(IReadOnlyDictionary<Guid, byte[]> keys)
{
    private readonly Dictionary<Guid, TextKey> derived = [];

    public TextKey? this[Guid subject] => derived.TryGetValue(subject, out var known) ? known
        : keys.TryGetValue(subject, out var key) ? derived[subject] = TextKey.Of(key)
        : null;
}
