namespace PhotoGuard.Records.Blobs;

/// <summary>How a deleted picture is gone from the store.</summary>
public enum Erasure
{
    /// <summary>Its objects are deleted, and looked for in vain.</summary>
    Objects,

    /// <summary>The store keeps what is deleted for a while, and the school accepts that: what makes it unreadable is the destroyed key.</summary>
    KeyOnly,
}

/// <summary>What a store was found to do with what is deleted (docs/decisions/0018).</summary>
/// <param name="Keeps">What keeps deleted bytes, in words; none where nothing was found to.</param>
/// <param name="Unseen">What might and cannot be seen from here, in words.</param>
public sealed record StorePosture(Erasure Erasure, IReadOnlyList<string> Keeps, IReadOnlyList<string> Unseen)
{
    /// <summary>Nobody has looked yet.</summary>
    public static StorePosture Unknown { get; } = new(Erasure.Objects, [], ["nobody has looked yet"]);
}

/// <summary>The store keeps what is deleted, and nobody has said that this is accepted.</summary>
public sealed class StoreKeepsException(string store, IReadOnlyList<string> keeps) : BlobStoreUnavailableException(
    $"{store} keeps what is deleted ({string.Join("; ", keeps)}). Turn that off for this account, or set PHOTOGUARD_ERASURE=key-only "
    + "to accept that a deleted picture is only made unreadable by destroying its key. PhotoGuard does not start until then.");
