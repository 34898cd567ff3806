using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Holds;

namespace PhotoGuard.Api.Holds;

public sealed record ConcernBody(ConcernKind Kind, string? Note);

public sealed record HoldBody(string Reason, DateOnly ReviewOn);

public sealed record MadeView(Guid Id);

/// <param name="State"><c>awaitingSecond</c> or <c>released</c>.</param>
public sealed record ReleaseView(Guid Id, string State);

public sealed record ReviewBody(DateOnly ReviewOn);

/// <param name="State"><c>awaitingSecond</c> or <c>agreed</c>.</param>
/// <param name="Passphrase">Opens the file; told to the second person in the first answer and never again.</param>
public sealed record PoliceExportView(Guid Id, string State, string? Passphrase);

/// <summary>Concerns and holds (P16).</summary>
public static class HoldEndpoints
{
    public static void MapHolds(this RouteGroupBuilder api)
    {
        var holds = api.MapGroup("/").WithTags("Holds");
        holds.MapPost("/photos/{id:guid}/concerns", RaiseAsync).Produces<MadeView>(StatusCodes.Status201Created);
        holds.MapPost("/photos/{id:guid}/holds", PlaceAsync).Produces<MadeView>(StatusCodes.Status201Created);
        holds.MapPost("/holds/{id:guid}/release", ReleaseAsync).Produces<ReleaseView>().Produces<ReleaseView>(StatusCodes.Status202Accepted);
        holds.MapPost("/holds/{id:guid}/review", ReviewAsync).Produces<MadeView>();
        holds.MapPost("/photos/{id:guid}/police-export", ExportAsync)
            .Produces<PoliceExportView>(StatusCodes.Status201Created).Produces<PoliceExportView>(StatusCodes.Status202Accepted);
        holds.MapGet("/photos/{id:guid}/police-exports/{export:guid}", TakeAsync).Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream");
    }

    private static Task<IResult> ReviewAsync(Guid id, Write<ReviewBody> write, HoldReviews reviews, CancellationToken cancel) => write.AnswerAsync(
        act => reviews.ReviewAsync(act, id, write.Body.ReviewOn, cancel), (_, hold) => Task.FromResult(new MadeView(hold)));

    private static Task<IResult> ExportAsync(Guid id, Write write, PoliceExports exports, CancellationToken cancel)
    {
        ExportAgreed? agreed = null;
        return write.AnswerAsync(
            async act => agreed = await exports.AskAsync(act, id, cancel),
            async (act, export) => new PoliceExportView(
                export, (await exports.OpenAsync(act, cancel)).Any(row => row.Id == export && row.ApprovedBy is null) ? "awaitingSecond" : "agreed", agreed?.Passphrase));
    }

    /// <summary>Sealed before the first byte leaves.</summary>
    private static async Task<IResult> TakeAsync(Guid id, Guid export, Caller caller, PoliceExports exports, CancellationToken cancel) =>
        TypedResults.File(await exports.TakeAsync(caller.Act, id, export, cancel), "application/octet-stream", $"{export:N}.pgseal");

    private static Task<IResult> RaiseAsync(Guid id, Write<ConcernBody> write, HoldDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.RaiseAsync(act, id, write.Body.Kind, write.Body.Note, cancel), (_, concern) => Task.FromResult(new MadeView(concern)));

    private static Task<IResult> PlaceAsync(Guid id, Write<HoldBody> write, HoldDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.PlaceAsync(act, id, write.Body.Reason, write.Body.ReviewOn, cancel), (_, hold) => Task.FromResult(new MadeView(hold)));

    private static Task<IResult> ReleaseAsync(Guid id, Write write, HoldDesk desk, CancellationToken cancel) => write.AnswerAsync(
        act => desk.ReleaseAsync(act, id, cancel),
        async (act, hold) => new ReleaseView(hold, await desk.IsReleasedAsync(act, hold, cancel) ? "released" : "awaitingSecond"));
}
