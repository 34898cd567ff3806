using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Channels;

/// <summary>What is cleared for a use now, from the same feed that programs follow.</summary>
public sealed class GalleryPage(ChangeFeed feed) : PlainPage
{
    private const int Most = 60;

    [BindProperty(SupportsGet = true)]
    public string Channel { get; set; } = "";

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public Channel On { get; private set; }
    public IReadOnlyList<FeedEntry> Cleared { get; private set; } = [];

    /// <summary>Where the feed goes on; null at its end.</summary>
    public string? More { get; private set; }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        On = Words.Parse<Channel>(Channel) ?? throw Refusals.NotFound("use");
        var page = await feed.ReadAsync(Act, On, After, Most, cancel);
        Cleared = [.. page.Items.Where(item => item.Cleared).OrderByDescending(item => item.PhotoId)];
        More = page.Items.Count == Most ? page.Next : null;
    }
}
