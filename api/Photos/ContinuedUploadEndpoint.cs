using PhotoGuard.Api.Requests;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Photos;

/// <summary>A picture was taken in. Whoever goes on sending sees no more of it than this.</summary>
public sealed record SentView(Guid Id);

/// <summary>What a person began to send on a school's device goes on, though they are signed out (<see cref="SignIn.GrantHandler"/>).</summary>
public static class ContinuedUploadEndpoint
{
    public static void MapContinuedUpload(this RouteGroupBuilder uploads) => uploads.MapPost("/uploads", ReceiveAsync).WithTags("Photos")
        .Accepts<IFormFile>("*/*").Produces<SentView>(StatusCodes.Status201Created);

    private static async Task<IResult> ReceiveAsync(
        bool? attested, HttpContext context, UploadRoom room, UploadWatch watch, PhotoIntake intake, Idempotency idempotency, CancellationToken cancel)
    {
        var caller = Caller.Of(context).Act;
        var activity = caller.By.Sending?.ActivityId ?? throw Refusals.NotFound("activity");
        using var upload = await watch.WhileAsync(caller, read => room.ReadAsync(context.Request, read), cancel);
        return await idempotency.AnswerAsync(
            context, upload.Bytes,
            act => intake.ReceiveAsync(act, activity, upload.Bytes, again: false, attested ?? false, cancel),
            (_, id) => Task.FromResult(new SentView(id)));
    }
}
