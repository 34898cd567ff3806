using System.Buffers;
using PhotoGuard.Ingest.Metadata.Reading;

namespace PhotoGuard.Ingest.Metadata;

/// <summary>Where a photo's date comes from.</summary>
public enum TakenFrom
{
    /// <summary>The picture said it, and it is possible.</summary>
    Picture,

    /// <summary>The picture says nothing, or something impossible; the date received counts.</summary>
    Received,
}

/// <summary>
/// What a picture says before it is scrubbed, as far as the record keeps it. That a place was in it is kept; the place never is (P12).
/// </summary>
/// <param name="TakenAt">UTC or with the picture's own offset.</param>
/// <param name="TakenFrom">Whether the picture said so.</param>
/// <param name="CameraMake">At most 64 characters, none of them control characters; null where absent.</param>
/// <param name="CameraModel">As <paramref name="CameraMake"/>.</param>
/// <param name="HasLocation">A place in Exif, XMP, IPTC or PNG text of the picture itself.</param>
public sealed record PictureReading(DateTimeOffset TakenAt, TakenFrom TakenFrom, string? CameraMake, string? CameraModel, bool HasLocation)
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan LongestAhead = TimeSpan.FromHours(24);

    /// <summary>
    /// Reads a picture of any kind that is taken, in time linear in its size and never throwing: what cannot be read counts as absent. Damaged pictures
    /// are refused by the scrubber, not here.
    /// </summary>
    /// <param name="original">The file as received.</param>
    /// <param name="schoolZone">For dates without an offset (DateTimeOriginal without OffsetTimeOriginal, Exif 2.32 section 4.6.5).</param>
    /// <param name="receivedAt">Stands in for a date that is absent, before 2000, or more than 24 hours after it (policies.md, Holding).</param>
    public static PictureReading Read(ReadOnlyMemory<byte> original, TimeZoneInfo schoolZone, DateTimeOffset receivedAt)
    {
        var carriers = Carriers.Of(original.Span);
        var facts = carriers.Exif is { } exif ? ExifFacts.Read(original.Span[exif]) : carriers.Assembled is { } whole ? ExifFacts.Read(whole) : ExifFacts.None;
        var takenAt = facts.TakenAt(schoolZone);
        var possible = takenAt >= Earliest && takenAt <= receivedAt + LongestAhead;
        return new(possible ? takenAt!.Value : receivedAt, possible ? TakenFrom.Picture : TakenFrom.Received,
            Tidy(facts.Make), Tidy(facts.Model), carriers.HasLocation);
    }

    private static string? Tidy(string? name)
    {
        if (name is null) return null;
        var letters = name.Where(letter => !char.IsControl(letter) && !char.IsSurrogate(letter)).ToArray();
        var tidy = new string(letters).Trim();
        if (tidy.Length > 64) tidy = tidy[..64].Trim();
        return tidy.Length == 0 ? null : tidy;
    }
}
