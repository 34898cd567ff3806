using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Holds;

namespace PhotoGuard.Api.Holds;

public sealed record ConcernBody(ConcernKind Kind, string? Note);

public sealed record HoldBody(string Reason, DateOnly ReviewOn);

public sealed record MadeView(Guid Id);

/// <param name="State"><c>awaitingSecond</c> or <c>released</c>.</param>
public sealed record ReleaseView(Guid Id, string State);

/// <summary>Concerns and holds (P16).</summary>
public static class HoldEndpoints
{
    public static void MapHolds(this RouteGroupBuilder api)
    {
        var holds = api.MapGroup("/").WithTags("Holds");
        holds.MapPost("/photos/{id:guid}/concerns", RaiseAsync).Produces<MadeView>(StatusCodes.Status201Created);
        holds.MapPost("/photos/{id:guid}/holds", PlaceAsync).Produces<MadeView>(StatusCodes.Status201Created);
        holds.MapPost("/holds/{id:guid}/release", ReleaseAsync).Produces<ReleaseView>().Produces<ReleaseView>(StatusCodes.Status202Accepted);
    }

    private static Task<IResult> RaiseAsync(Guid id, Write<ConcernBody> write, HoldDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.RaiseAsync(act, id, write.Body.Kind, write.Body.Note, cancel), (_, concern) => Task.FromResult(new MadeView(concern)));

    private static Task<IResult> PlaceAsync(Guid id, Write<HoldBody> write, HoldDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.PlaceAsync(act, id, write.Body.Reason, write.Body.ReviewOn, cancel), (_, hold) => Task.FromResult(new MadeView(hold)));

    private static Task<IResult> ReleaseAsync(Guid id, Write write, HoldDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.ReleaseAsync(act, id, cancel),
        async (act, hold) => new ReleaseView(hold, await desk.IsReleasedAsync(act, hold, cancel) ? "released" : "awaitingSecond"));
}
