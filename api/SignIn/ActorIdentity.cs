using System.Security.Claims;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Api.SignIn;

/// <summary>Somebody recognised by a token or a session.</summary>
public sealed class ActorIdentity(Recognised who, string scheme) : ClaimsIdentity(scheme)
{
    public Recognised Who { get; } = who;
}
