using PhotoGuard.Records.Keys;

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

    /// <summary>The shared secret of the person's authenticator app, sealed under the school's digest key.</summary>
    public SealedText? TotpSecret { get; set; }

    /// <summary>The last step of RFC 6238 whose code was taken; 0 for none.</summary>
    public long TotpStep { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>P20: from then on nothing signs in as this person.</summary>
    public DateTimeOffset? LeftAt { get; set; }
}
