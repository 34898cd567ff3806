using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;

namespace PhotoGuard.Api.Pages.Photos;

/// <summary>Somebody asked for erasure; the office or the head confirms it.</summary>
public sealed class ErasurePage(PhotoSight sight, PhotoLinks links) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        await sight.FindAsync(Act, Id, cancel);
        Rights.ErasePhoto.Must(Act.By);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) =>
        DoAsync(() => links.EraseAsync(Act, Id, cancel), $"/photos/{Id}/certificate?said=erased", cancel);
}
