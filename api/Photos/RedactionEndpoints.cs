using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Photos;

/// <param name="Left">Like the others a part, 0 to 1, of the upright picture's width or height.</param>
public sealed record BoxBody(double Left, double Top, double Width, double Height);

/// <param name="Pupils">Who is still recognisable; absent: everybody who is in the source.</param>
/// <param name="NobodyElse">No further recognisable person is in it; absent: nobody has said so yet.</param>
public sealed record RedactionBody(BoxBody[] Boxes, RedactionFill Fill, string[]? Pupils, bool? NobodyElse);

/// <summary>A redaction: a photo of its own, once it is made.</summary>
/// <param name="Id">The id that the redacted photo has, or will have.</param>
/// <param name="Source">What it is made from.</param>
/// <param name="Failed">Why it could not be made.</param>
public sealed record RedactionView(
    Guid Id, Guid Source, RedactionState State, RedactionFill Fill, IReadOnlyList<BoxBody> Boxes, Guid AskedBy, DateTimeOffset AskedAt,
    DateTimeOffset? MadeAt, string? Failed)
{
    public static RedactionView Of(Redaction it) => new(
        it.PhotoId, it.SourceId, it.State, it.Fill, [.. it.Areas.Select(box => new BoxBody(box.Left, box.Top, box.Width, box.Height))],
        it.AskedBy, it.AskedAt, it.MadeAt, it.Failed);
}

/// <summary>Redacting a photo: the result is a photo of its own.</summary>
public static class RedactionEndpoints
{
    public static void MapRedactions(this RouteGroupBuilder api)
    {
        var redactions = api.MapGroup("/photos/{id:guid}/redactions").WithTags("Photos");
        redactions.MapPost("/", AskAsync).Produces<PhotoView>(StatusCodes.Status201Created).Produces<RedactionView>(StatusCodes.Status202Accepted);
        redactions.MapGet("/", ListAsync);
    }

    /// <summary>Waits for the picture, as long as <c>?wait=</c> says: 0 to 30 seconds, 30 by default.</summary>
    private static Task<IResult> AskAsync(
        Guid id, int? wait, Write<RedactionBody> write, RedactionDesk desk, PhotoShow show, CancellationToken cancel)
    {
        var patience = wait is null ? RedactionDesk.Patience
            : wait >= 0 && wait <= RedactionDesk.Patience.TotalSeconds ? TimeSpan.FromSeconds(wait.Value)
            : throw Refusals.Invalid("'wait' is a number of seconds from 0 to 30.");
        var body = write.Body;
        if (body.Boxes.Any(box => box is null)) throw Refusals.Invalid("A box has 'left', 'top', 'width' and 'height'.");
        return write.AnswerAsync(
            act => desk.AskAsync(act, id, new NewRedaction(
                [.. body.Boxes.Select(box => new RedactionBox(box.Left, box.Top, box.Width, box.Height))], body.Fill, body.Pupils,
                body.NobodyElse ?? false), cancel),
            async (act, redaction) =>
            {
                await desk.WaitAsync(redaction, patience, cancel);
                var found = await desk.FindAsync(act, redaction, cancel);
                return found.State switch
                {
                    RedactionState.Made => Json(await show.ViewAsync(act, redaction, cancel), StatusCodes.Status201Created),
                    RedactionState.Making => Json(RedactionView.Of(found), StatusCodes.Status202Accepted),
                    _ => throw Failed(found),
                };
            });
    }

    private static async Task<Page<RedactionView>> ListAsync(Guid id, Caller caller, PageAsked page, RedactionDesk desk, CancellationToken cancel) =>
        Page.Of(page, await desk.ListAsync(caller.Act, id, page.AfterId(), page.Limit + 1, cancel), row => row.PhotoId, RedactionView.Of);

    private static IResult Json<T>(T view, int status) => TypedResults.Json(view, statusCode: status);

    private static Refusal Failed(Redaction redaction) => redaction.Failed == "duplicate"
        ? new("duplicate", 409, "There is a redaction with the same boxes of this picture already. Look at its redactions.")
        : new("redaction-failed", 422, "This picture could not be redacted, because it cannot be shown. Ask your ICT lead.");
}
