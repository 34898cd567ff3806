using PhotoGuard.Api.Requests;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Screening;

namespace PhotoGuard.Api.Screening;

public sealed record ScreeningBody(ScreeningState Decision, string? Reason);

public sealed record ScreenedView(Guid Id, ScreeningState Screening);

/// <summary>Accepting and rejecting pictures (P8).</summary>
public static class ScreeningEndpoints
{
    public static void MapScreening(this RouteGroupBuilder api) => api.MapGroup("/photos").WithTags("Screening")
        .MapPost("/{id:guid}/screening", DecideAsync).Produces<ScreenedView>();

    private static Task<IResult> DecideAsync(Guid id, Write<ScreeningBody> write, ScreeningDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.DecideAsync(act, id, write.Body.Decision, write.Body.Reason, cancel),
        (act, photo) => Task.FromResult(Rights.ScreenPhoto.Allows(act.By)
            ? new ScreenedView(photo, write.Body.Decision)
            : throw Rights.ScreenPhoto.Refused()));
}
