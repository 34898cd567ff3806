using Microsoft.AspNetCore.Identity;

namespace PhotoGuard.Records.Staff;

/// <summary>A passkey of a person (WebAuthn Level 3, section 4, public key credential source), as a relying party keeps it.</summary>
public sealed class Passkey
{
    /// <summary>16 to 1,023 bytes, chosen by the authenticator.</summary>
    public required byte[] CredentialId { get; init; }

    public Guid SchoolId { get; init; }
    public Guid StaffId { get; init; }

    /// <summary>As its person calls it, e.g. "My telephone".</summary>
    public required string Name { get; init; }

    /// <summary>COSE_Key, RFC 9052.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>Signatures so far, as the authenticator counts; 0 where it does not.</summary>
    public long SignCount { get; set; }

    public string[] Transports { get; init; } = [];
    public bool UserVerified { get; set; }
    public bool BackupEligible { get; init; }
    public bool BackedUp { get; set; }
    public required byte[] AttestationObject { get; init; }
    public required byte[] ClientData { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }

    internal static Passkey Of(StaffMember person, UserPasskeyInfo it, string name) => new()
    {
        CredentialId = it.CredentialId,
        SchoolId = person.SchoolId,
        StaffId = person.Id,
        Name = name,
        PublicKey = it.PublicKey,
        SignCount = it.SignCount,
        Transports = it.Transports ?? [],
        UserVerified = it.IsUserVerified,
        BackupEligible = it.IsBackupEligible,
        BackedUp = it.IsBackedUp,
        AttestationObject = it.AttestationObject,
        ClientData = it.ClientDataJson,
    };

    internal UserPasskeyInfo Info() => new(
        CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports, UserVerified, BackupEligible, BackedUp, AttestationObject, ClientData) { Name = Name };
}
