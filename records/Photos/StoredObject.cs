namespace PhotoGuard.Records.Photos;

public enum ObjectKind
{
    Original,

    /// <summary>Longest side 512 px.</summary>
    Thumb,

    /// <summary>Longest side 2048 px.</summary>
    Web,

    /// <summary>Longest side 4096 px, made when first asked for.</summary>
    Print,
}

/// <summary>An object of the blob store, registered before it is written.</summary>
public sealed class StoredObject
{
    /// <summary><c>photos/{id}/{generation}/{object}</c>.</summary>
    public required string Name { get; init; }

    public Guid SchoolId { get; init; }
    public Guid PhotoId { get; init; }
    public ObjectKind Kind { get; init; }

    /// <summary>The fencing token: a new one for every attempt to write.</summary>
    public long Generation { get; init; }

    /// <summary>Media subtype of the plaintext: jpeg, png, webp, heic.</summary>
    public required string Format { get; init; }

    public int Width { get; set; }
    public int Height { get; set; }

    /// <summary>Length of the plaintext.</summary>
    public long Bytes { get; set; }

    /// <summary>SHA-256 of the plaintext, 32 bytes, for the feed; null of an original.</summary>
    public byte[]? Sha256 { get; set; }

    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The writer gives up at this instant.</summary>
    public DateTimeOffset WriteBefore { get; set; }

    public DateTimeOffset? StoredAt { get; set; }
}
