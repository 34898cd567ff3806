using System.Globalization;
using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Pupils;

/// <summary>Who a pupil is.</summary>
public sealed record PupilIdentity(string GivenName, string FamilyName, DateOnly DateOfBirth)
{
    // A control character that no name holds (Fields).
    private const char Between = '\u001f';

    internal string Text => string.Join(Between, DateOfBirth.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), GivenName, FamilyName);

    internal static PupilIdentity? Of(string? text) => text?.Split(Between) is [var born, var given, var family]
        ? new(given, family, DateOnly.ParseExact(born, "yyyy-MM-dd", CultureInfo.InvariantCulture))
        : null;
}

/// <summary>A pupil of the school.</summary>
public sealed class Pupil
{
    private PupilIdentity? known;

    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>The school's pseudonym for URLs, 1 to 64 characters; never a name.</summary>
    public required string MisId { get; init; }

    /// <summary>Names and date of birth, under the pupil's key.</summary>
    public SealedText Identity { get; private set; } = null!;

    public string GivenName => Known?.GivenName ?? "";
    public string FamilyName => Known?.FamilyName ?? "";

    /// <summary>Null where the pupil's key is destroyed.</summary>
    public DateOnly? DateOfBirth => Known?.DateOfBirth;

    public required string ClassName { get; set; }

    /// <summary>Last day at the school.</summary>
    public DateOnly? LeftOn { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    private PupilIdentity? Known => known ??= PupilIdentity.Of(Identity.Text);

    internal void Open(TextKey? key) => Identity.Open(key, "pupils.identity", Id);

    internal void Write(PupilIdentity identity, TextKey key) => (known, Identity) = (identity, key.Seal(identity.Text, "pupils.identity", Id));
}
