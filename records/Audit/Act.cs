using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Records.Audit;

public enum ActorKind
{
    Person,
    Program,
    System,
}

/// <summary>Who acts. Roles are those in force for this request.</summary>
/// <param name="StaffId">The person, or the person a program acts for; null for the system.</param>
/// <param name="TokenId">The bearer token, where one was used.</param>
/// <param name="DeviceId">The enrolled device, where there is one.</param>
/// <param name="Channel">Where set, the actor pulls this channel and does nothing else.</param>
/// <param name="Session">SHA-256 of the session's secret, where one was used.</param>
/// <param name="Sending">Where set, the actor sends pictures for an activity and does nothing else.</param>
public sealed record Actor(
    ActorKind Kind,
    Guid? StaffId,
    IReadOnlyList<Role> Roles,
    Guid? TokenId = null,
    Guid? DeviceId = null,
    Channel? Channel = null,
    byte[]? Session = null,
    Sending? Sending = null)
{
    public static Actor System { get; } = new(ActorKind.System, null, []);

    public bool Is(Role role) => Roles.Contains(role);

    public bool IsAny(params ReadOnlySpan<Role> roles)
    {
        foreach (var role in roles)
            if (Is(role)) return true;
        return false;
    }

    /// <summary>The person who acts.</summary>
    /// <exception cref="InvalidOperationException">The system acts.</exception>
    public Guid Person => StaffId ?? throw new InvalidOperationException("This act needs a person.");
}

/// <summary>What was begun on a device and may go on there (<see cref="Devices.UploadGrants"/>).</summary>
public sealed record Sending(Guid GrantId, Guid ActivityId);

/// <summary>Who acts in which school and why (law 6); every operation is told one.</summary>
/// <param name="Request">The request that asked for a write; its idempotency ticket is finished in the operation's own commit.</param>
public sealed record Act(Guid SchoolId, Actor By, RequestTicket? Request = null)
{
    public static Act OfSystem(Guid schoolId) => new(schoolId, Actor.System);

    /// <summary>Says, before the commit, which resource answers a repetition of this request.</summary>
    public void Answers(int status, object resourceId, Guid? photoId = null)
    {
        if (Request is null) return;
        Request.Status = status;
        Request.ResourceId = resourceId.ToString();
        Request.PhotoId = photoId;
    }
}

/// <summary>
/// A write asked for over HTTP. The operation says which resource answers it, and answers its repetition where it carried an
/// Idempotency-Key.
/// </summary>
/// <param name="key">The Idempotency-Key; null where the request carried none, so that nothing is remembered.</param>
public sealed class RequestTicket(Guid tokenId, string? key)
{
    public Guid TokenId { get; } = tokenId;
    public string? Key { get; } = key;

    /// <summary>The status of the answer, once the operation committed.</summary>
    public int Status { get; set; }

    public string? ResourceId { get; set; }
    public Guid? PhotoId { get; set; }
}
