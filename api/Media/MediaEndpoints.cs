using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Media;

/// <summary>
/// The bytes of a photo. Who may have them is decided by <see cref="PhotoOpening"/>, which logs before the first byte; nothing here
/// answers a validator or a range, since either would outlive a withdrawal.
/// </summary>
public static class MediaEndpoints
{
    public static void MapMedia(this RouteGroupBuilder media)
    {
        media.MapGet("/photos/{id:guid}/renditions/{name}", SeeAsync).WithTags("Photos");
        media.MapGet("/channels/{channel}/photos/{id:guid}/{name}", TakeAsync).WithTags("Channels");
    }

    private static Task<IResult> SeeAsync(Guid id, string name, Caller caller, PhotoOpening opening, HttpContext context, CancellationToken cancel) =>
        ServeAsync(id, name, null, caller.Act, opening, context, cancel);

    private static Task<IResult> TakeAsync(
        string channel, Guid id, string name, Caller caller, PhotoOpening opening, HttpContext context, CancellationToken cancel) =>
        ServeAsync(id, name, Words.Parse<Channel>(channel) ?? throw Unknown.Channel(), caller.Act, opening, context, cancel);

    private static async Task<IResult> ServeAsync(
        Guid id, string name, Channel? channel, Act act, PhotoOpening opening, HttpContext context, CancellationToken cancel)
    {
        if (Words.Parse<ObjectKind>(name) is not { } kind || kind == ObjectKind.Original) throw Refusals.NotFound("rendition");
        var opened = await opening.OpenAsync(act, id, kind, channel, cancel);
        var extension = opened.Object.Format == "webp" ? "webp" : "jpg";
        // A neutral name: nothing of a pupil or an activity leaves with the file.
        context.Response.Headers.ContentDisposition = $"inline; filename=\"{id:N}-{name}.{extension}\"";
        return new WatchedDelivery(
            opened, $"image/{opened.Object.Format}", still => opening.MayStillAsync(act, id, channel, still), sent => opening.WasCutAsync(act, id, kind, channel, sent));
    }
}
