using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Audit;

namespace PhotoGuard.Api.Requests;

/// <summary>Who asks, bound as a parameter of the endpoint; there is no ambient one.</summary>
/// <param name="Act">For reading. A write gets an act of its own from <see cref="Idempotency"/>.</param>
public sealed record Caller(Act Act)
{
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult<Caller?>(Of(context));

    /// <exception cref="InvalidOperationException">The endpoint asks for no authentication.</exception>
    public static Caller Of(HttpContext context) => context.User.Identities.OfType<ActorIdentity>().FirstOrDefault() is { Who: var who }
        ? new(new Act(who.SchoolId, who.Actor))
        : throw new InvalidOperationException("This endpoint needs an authorization policy.");
}
