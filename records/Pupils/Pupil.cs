namespace PhotoGuard.Records.Pupils;

/// <summary>A pupil of the school.</summary>
public sealed class Pupil
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }

    /// <summary>The school's pseudonym for URLs, 1 to 64 characters; never a name.</summary>
    public required string MisId { get; init; }

    public required string GivenName { get; set; }
    public required string FamilyName { get; set; }
    public DateOnly DateOfBirth { get; set; }
    public required string ClassName { get; set; }

    /// <summary>Last day at the school.</summary>
    public DateOnly? LeftOn { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
