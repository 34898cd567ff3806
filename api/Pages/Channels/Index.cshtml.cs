using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Publication;

namespace PhotoGuard.Api.Pages.Channels;

/// <summary>The uses for which pictures can be taken.</summary>
public sealed class ChannelsPage(Deliveries deliveries) : PlainPage
{
    protected override Task LoadAsync(CancellationToken cancel) => deliveries.MustPublishAsync(Act, Channel.Website, cancel);
}
