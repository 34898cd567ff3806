using PhotoGuard.Api.Requests;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Screening;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Photos;

public sealed record LinkBody(string[] Pupils, bool NobodyElse);

public sealed record DescriptionBody(string? Alt);

public sealed record ErasureBody(string Reason);

/// <summary>The photo is hidden, and on its way to its certificate.</summary>
public sealed record BeingRemovedView(Guid Id, string State = "beingRemoved");

/// <summary>Photos: upload, need-to-know views, who is in them, taking them back.</summary>
public static class PhotoEndpoints
{
    public static void MapPhotos(this RouteGroupBuilder api)
    {
        var photos = api.MapGroup("/photos").WithTags("Photos");
        // Every type: routing would refuse what is not listed here, and the kind is decided by content alone.
        photos.MapPost("/", ReceiveAsync).WithMetadata(new TellsRevokedDevice()).Accepts<IFormFile>("*/*")
            .Produces<ReceivedView>(StatusCodes.Status201Created);
        photos.MapGet("/", ListAsync);
        photos.MapGet("/{id:guid}", ShowAsync);
        photos.MapPut("/{id:guid}/pupils", LinkAsync).Produces<PhotoView>();
        photos.MapPut("/{id:guid}/description", DescribeAsync).Produces<PhotoView>();
        photos.MapDelete("/{id:guid}", TakeBackAsync).Produces<BeingRemovedView>(StatusCodes.Status202Accepted);
        photos.MapPost("/{id:guid}/erasure", EraseAsync).Produces<BeingRemovedView>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ReceiveAsync(
        string? activity, bool? again, bool? attested, HttpContext context, Caller caller, UploadRoom room, UploadWatch watch, PhotoIntake intake, PhotoSight sight,
        Idempotency idempotency, CancellationToken cancel)
    {
        if (!Guid.TryParse(activity, out var activityId))
            throw new Refusal("unknown-activity", 404, "Say which activity the picture belongs to: ?activity={id}.");
        using var upload = await watch.WhileAsync(caller.Act, read => room.ReadAsync(context.Request, read), cancel);
        Photo? received = null;
        return await idempotency.AnswerAsync(
            context, upload.Bytes,
            async act => received = (await intake.ReceiveAsync(act, activityId, upload.Bytes, again ?? false, attested ?? false, cancel)).Photo,
            async (act, id) => ReceivedView.Of(received ?? (await sight.FindAsync(act, id, cancel)).Photo));
    }

    private static async Task<Page<PhotoView>> ListAsync(
        Guid? activity, ScreeningFilter screening, Caller caller, PageAsked page, PhotoList list, PhotoShow show, CancellationToken cancel)
    {
        var photos = await list.ReadAsync(caller.Act, activity, screening.State, page.AfterId(), page.Limit + 1, cancel);
        var views = await show.ViewsAsync(caller.Act, photos, cancel);
        return Page.Of(page, photos, photo => photo.Photo.Id, photo => views[photo.Photo.Id]);
    }

    private static Task<PhotoView> ShowAsync(Guid id, Caller caller, PhotoShow show, CancellationToken cancel) => show.ViewAsync(caller.Act, id, cancel);

    private static Task<IResult> LinkAsync(
        Guid id, Write<LinkBody> write, PhotoLinks links, PhotoShow show, CancellationToken cancel) => write.AnswerAsync(
            act => links.LinkAsync(act, id, write.Body.Pupils, write.Body.NobodyElse, cancel),
            (act, photo) => AfterLinkAsync(act, photo, show, cancel));

    private static Task<IResult> DescribeAsync(
        Guid id, Write<DescriptionBody> write, PhotoLinks links, PhotoShow show, CancellationToken cancel) => write.AnswerAsync(
            act => links.DescribeAsync(act, id, write.Body.Alt, cancel),
            (act, photo) => show.ViewAsync(act, photo, cancel));

    private static Task<IResult> TakeBackAsync(Guid id, Write write, PhotoLinks links, CancellationToken cancel) => write.AnswerAsync(
        act => links.TakeBackAsync(act, id, cancel), (_, photo) => Task.FromResult(new BeingRemovedView(photo)));

    /// <summary>The reason has to be said and is not kept: it is likely to name somebody, and the removal outlives the photo.</summary>
    private static Task<IResult> EraseAsync(Guid id, Write<ErasureBody> write, PhotoLinks links, CancellationToken cancel)
    {
        Fields.Needed(write.Body.Reason, "reason", 1000);
        return write.AnswerAsync(act => links.EraseAsync(act, id, cancel), (act, photo) => Task.FromResult(Rights.ErasePhoto.Allows(act.By)
            ? new BeingRemovedView(photo)
            : throw Rights.ErasePhoto.Refused()));
    }

    /// <summary>Naming a pupil may itself hide the photo; the answer then says so instead of showing it.</summary>
    private static async Task<object> AfterLinkAsync(Act act, Guid id, PhotoShow show, CancellationToken cancel)
    {
        try
        {
            return await show.ViewAsync(act, id, cancel);
        }
        catch (Refusal hidden) when (hidden.Status == 410)
        {
            return new BeingRemovedView(id);
        }
    }
}

/// <summary><c>?screening=</c> as a word of the contract.</summary>
public sealed record ScreeningFilter(ScreeningState? State)
{
    public static ValueTask<ScreeningFilter?> BindAsync(HttpContext context)
    {
        var word = context.Request.Query["screening"].ToString();
        if (word.Length == 0) return ValueTask.FromResult<ScreeningFilter?>(new((ScreeningState?)null));
        var state = Words.Parse<ScreeningState>(word) ?? throw Refusals.Invalid("'screening' is pending, accepted or rejected.");
        return ValueTask.FromResult<ScreeningFilter?>(new(state));
    }
}
