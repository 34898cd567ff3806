namespace PhotoGuard.Records.Staff;

/// <summary>An account of the school's own provider (OpenID Connect) that belongs to a person.</summary>
public sealed class SchoolAccount
{
    /// <summary>The provider, with the tenant where it has tenants; an https address.</summary>
    public required string Issuer { get; init; }

    /// <summary>Who it is there: <c>sub</c>, or Microsoft's <c>oid</c>. Never an e-mail address, which is given to somebody else one day.</summary>
    public required string Subject { get; init; }

    public Guid SchoolId { get; init; }
    public Guid StaffId { get; init; }
    public required string Provider { get; init; }
    public DateTimeOffset LinkedAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>Somebody whom a provider has just vouched for.</summary>
/// <param name="Provider">Its name, as the button calls it.</param>
/// <param name="SecondFactor">The provider says that it asked for more than one factor.</param>
/// <param name="ProvedAt">When its person last proved there who they are; null where it does not say.</param>
public sealed record Vouched(string Issuer, string Subject, string Provider, bool SecondFactor, DateTimeOffset? ProvedAt);
