using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Channels;

/// <summary>One cleared picture: download, description, and where it was published (P15, P17).</summary>
public sealed class ChannelPicturePage(PhotoSight sight, PhotoLinks links, Deliveries deliveries) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public string Channel { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Alt { get; set; }

    [BindProperty]
    public string? Place { get; set; }

    [BindProperty(Name = "url")]
    public string? Address { get; set; }

    public Channel On => Words.Parse<Channel>(Channel) ?? throw Refusals.NotFound("use");
    public PhotoStanding Shown { get; private set; } = null!;
    public bool Cleared => Shown.IsCleared(On);

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        await deliveries.MustPublishAsync(Act, On, cancel);
        Shown = await sight.FindAsync(Act, Id, cancel);
    }

    public Task<IActionResult> OnPostAltAsync(CancellationToken cancel) =>
        DoAsync(() => links.DescribeAsync(Act, Id, Alt, cancel), $"/channels/{Channel}/{Id}?said=saved", cancel);

    public Task<IActionResult> OnPostPublishAsync(CancellationToken cancel) => DoAsync(
        () => deliveries.PublishAsync(
            Act, Id, On, Fields.Needed(Place, "place", 200), Fields.Optional(Address, "address", 2000), cancel),
        $"/channels/{Channel}/{Id}?said=published", cancel);
}
