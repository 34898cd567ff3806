namespace PhotoGuard.Records.Staff;

/// <summary>A person who works at the school (P14: logins are individual).</summary>
public sealed class StaffMember
{
    public Guid Id { get; init; }
    public Guid SchoolId { get; init; }
    public required string Name { get; set; }
    public Role[] Roles { get; set; } = [];

    /// <summary>Classes taught; a teacher without classes sees only their own uploads.</summary>
    public string[] Classes { get; set; } = [];

    public string? SignInName { get; set; }
    public string? PasswordHash { get; set; }
    public int FailedSignIns { get; set; }
    public DateTimeOffset? BarredUntil { get; set; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>P20: from then on nothing signs in as this person.</summary>
    public DateTimeOffset? LeftAt { get; set; }
}
