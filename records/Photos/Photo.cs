using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Photos;

/// <summary>What the bytes are; decided by content.</summary>
public enum PhotoKind
{
    Jpeg,
    Png,
    Webp,
    Heic,
}

/// <summary>Where <see cref="Photo.TakenAt"/> comes from.</summary>
public enum TakenFrom
{
    Picture,
    Received,
}

/// <summary>A scrubbed, stored photo.</summary>
public sealed class Photo
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid ActivityId { get; init; }

    /// <summary>Pictures made from one another have the same, the id of the first; a hold on one holds all of them (see <see cref="Families"/>).</summary>
    public Guid FamilyId { get; init; }

    public Guid UploadedBy { get; init; }
    public Guid? DeviceId { get; init; }
    public PhotoKind Kind { get; init; }

    /// <summary>Pixels as shown, after orientation.</summary>
    public int Width { get; init; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; init; }

    /// <summary>Length of the scrubbed original.</summary>
    public long Bytes { get; init; }

    public DateTimeOffset TakenAt { get; init; }
    public TakenFrom TakenFrom { get; init; }
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Due, and not shown, once this is at or before the database's now (policies.md, Holding).</summary>
    public DateTimeOffset DeleteAfter { get; init; }

    public string? CameraMake { get; init; }
    public string? CameraModel { get; init; }

    /// <summary>What scrubbing took out, in stable codes.</summary>
    public string[] Removed { get; init; } = [];

    public string[] Flags { get; set; } = [];

    /// <summary>What it shows, for people who cannot see it; under the photo's key.</summary>
    public SealedText? Alt { get; private set; }

    /// <summary>A person said: no further recognisable person. Until then nothing is cleared.</summary>
    public bool NobodyElse { get; set; }

    /// <summary>When the last pupil was taken out of it.</summary>
    public DateTimeOffset? UntaggedAt { get; set; }

    internal void Open(TextKey? key) => Alt?.Open(key, "photos.alt", Id);

    internal void Describe(string? alt, TextKey key) => Alt = alt is null ? null : key.Seal(alt, "photos.alt", Id);
}

/// <summary>A pupil is in a photo.</summary>
public sealed class PhotoPupil
{
    public Guid PhotoId { get; init; }
    public Guid PupilId { get; init; }
    public Guid SchoolId { get; init; }
    public Guid TaggedBy { get; init; }
    public DateTimeOffset TaggedAt { get; init; }
}

/// <summary>The keyed digest of a coded picture, by which the school knows one again.</summary>
public sealed class PictureDigest
{
    public Guid SchoolId { get; init; }

    /// <summary>HMAC-SHA-256 under the school's digest key, 32 bytes.</summary>
    public required byte[] Digest { get; init; }

    public Guid PhotoId { get; set; }

    /// <summary>Set when the photo was destroyed; a year later the digest is forgotten.</summary>
    public DateTimeOffset? DestroyedAt { get; set; }
}
