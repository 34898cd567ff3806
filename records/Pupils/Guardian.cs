using PhotoGuard.Records.Keys;

namespace PhotoGuard.Records.Pupils;

/// <summary>Somebody who answers for a pupil.</summary>
public sealed class Guardian
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public Guid PupilId { get; init; }

    /// <summary>The school's pseudonym for this person, unique for the pupil.</summary>
    public required string GuardianId { get; init; }

    /// <summary>Under the pupil's key, like the address.</summary>
    public SealedText Name { get; private set; } = null!;

    public SealedText? Email { get; private set; }

    /// <summary>Has parental responsibility.</summary>
    public bool Responsibility { get; set; }

    internal void Open(TextKey? key)
    {
        Name.Open(key, "guardians.name", Id);
        Email?.Open(key, "guardians.email", Id);
    }

    internal void Write(string name, string? email, TextKey key)
    {
        Name = key.Seal(name, "guardians.name", Id);
        Email = email is null ? null : key.Seal(email, "guardians.email", Id);
    }
}
