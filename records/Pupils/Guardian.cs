namespace PhotoGuard.Records.Pupils;

/// <summary>Somebody who answers for a pupil.</summary>
public sealed class Guardian
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PupilId { get; init; }

    /// <summary>The school's pseudonym for this person, unique for the pupil.</summary>
    public required string GuardianId { get; init; }

    public required string Name { get; set; }
    public string? Email { get; set; }

    /// <summary>Has parental responsibility.</summary>
    public bool Responsibility { get; set; }
}
