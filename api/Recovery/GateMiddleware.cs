using PhotoGuard.Records.Recovery;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Recovery;

/// <summary>
/// Nothing is served from records that were restored, until they were told what happened since. Then the answer is sign-in and
/// the two people's word alone (contract, POST /restores/{id}/approval).
/// </summary>
public sealed class GateMiddleware(RequestDelegate next, ServingGate gate, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly string[] OpenAnyway = ["/healthz", "/readyz", "/sign-in", "/sign-out", "/restores", "/api/v1/restores"];

    private volatile Look? last;

    public async Task InvokeAsync(HttpContext context)
    {
        if (!IsOpenAnyway(context)) Check(await LookAsync(context.RequestAborted));
        await next(context);
    }

    /// <summary>Sign-in, the two people's word, and how the service is.</summary>
    internal static bool IsOpenAnyway(HttpContext context) => OpenAnyway.Any(open => context.Request.Path.StartsWithSegments(open, StringComparison.Ordinal));

    /// <exception cref="Refusal"><c>being-restored</c>, <c>restore-not-approved</c> 503.</exception>
    internal static void Check(GateSeen seen)
    {
        if (seen.State == GateState.Replaying)
            throw new Refusal("being-restored", 503, "The records were restored and are being told what happened since. Please try again in a few minutes.");
        if (seen.State == GateState.AwaitingApproval)
            throw new Refusal("restore-not-approved", 503, "The records were restored without everything that happened since. The ICT lead and the head have to agree before anything is shown.");
    }

    /// <summary>One look serves all requests of two seconds: older records come under a living service only if somebody puts them there by hand.</summary>
    private async Task<GateSeen> LookAsync(CancellationToken cancel)
    {
        var now = time.GetTimestamp();
        if (last is { } known && time.GetElapsedTime(known.At, now) < Fresh) return known.Seen;
        var seen = await gate.LookAsync(cancel);
        // Closed is asked again every time: it opens at once.
        last = seen.State == GateState.Open ? new(seen, now) : null;
        return seen;
    }

    private sealed record Look(GateSeen Seen, long At);
}
