namespace PhotoGuard.Records.Staff;

/// <summary>A browser in which a person has signed in before; only the SHA-256 of its secret is kept.</summary>
public sealed class KnownBrowser
{
    public required byte[] Hash { get; init; }
    public Guid SchoolId { get; init; }
    public Guid StaffId { get; init; }
    public DateTimeOffset SeenAt { get; set; }
}

/// <summary>A network from which somebody of the school has signed in; only a digest keyed by the school is kept.</summary>
public sealed class KnownNetwork
{
    public Guid SchoolId { get; init; }
    public required byte[] Digest { get; init; }
    public DateTimeOffset SeenAt { get; set; }
}

/// <summary>How often something was tried since.</summary>
public sealed class SignInTry
{
    /// <summary>SHA-256 of what is counted, 32 bytes.</summary>
    public required byte[] Key { get; init; }

    public int Tries { get; set; }
    public DateTimeOffset Since { get; set; }
}

/// <summary>A code on paper for the day the telephone is lost; only its SHA-256 is kept.</summary>
public sealed class RecoveryCode
{
    public required byte[] Hash { get; init; }
    public Guid SchoolId { get; init; }
    public Guid StaffId { get; init; }
}
