using PhotoGuard.Api.Photos;
using PhotoGuard.Api.Requests;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Publication;

/// <param name="State"><c>cleared</c> or <c>withdrawn</c>.</param>
public sealed record FeedItemView(
    Guid Id, string State, long Version, DateTimeOffset ChangedAt, string? Alt, IReadOnlyList<RenditionView> Renditions);

public sealed record FeedView(IReadOnlyList<FeedItemView> Items, string Next);

public sealed record PublicationBody(Channel Channel, string Place, string? Url);

public sealed record PublicationView(Guid Id);

/// <summary>The change feed of a channel, and where pictures were put (P15, P17).</summary>
public static class ChannelEndpoints
{
    public static void MapChannels(this RouteGroupBuilder api)
    {
        api.MapGet("/channels/{channel}/photos", FeedAsync).WithTags("Channels");
        api.MapPost("/photos/{id:guid}/publications", PublishAsync).WithTags("Channels").Produces<PublicationView>(StatusCodes.Status201Created);
    }

    private static async Task<FeedView> FeedAsync(
        string channel, string? after, Caller caller, ChangeFeed feed, HttpContext context, CancellationToken cancel)
    {
        var on = Words.Parse<Channel>(channel) ?? throw Unknown.Channel();
        var page = await feed.ReadAsync(caller.Act, on, after, PageAsked.LimitOf(context), cancel);
        return new([.. page.Items.Select(item => View(channel, item))], page.Next);
    }

    private static Task<IResult> PublishAsync(Guid id, Write<PublicationBody> write, Deliveries deliveries, CancellationToken cancel) => write.AnswerAsync(
        act => deliveries.PublishAsync(act, id, write.Body.Channel, write.Body.Place, write.Body.Url, cancel),
        async (act, publication) =>
        {
            await deliveries.MustPublishAsync(act, write.Body.Channel, cancel);
            return new PublicationView(publication);
        });

    private static FeedItemView View(string channel, FeedEntry item) => new(
        item.PhotoId, item.Cleared ? "cleared" : "withdrawn", item.Version, item.ChangedAt, item.Alt,
        item.Cleared ? RenditionView.Of(item.Renditions, name => $"/api/v1/channels/{channel}/photos/{item.PhotoId}/{name}") : []);
}
