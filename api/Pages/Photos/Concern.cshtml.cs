using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Holds;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Photos;

/// <summary>Anybody who sees a picture reports it (P16).</summary>
public sealed class ConcernPage(PhotoSight sight, HoldDesk desk) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public ConcernKind? Kind { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    protected override Task LoadAsync(CancellationToken cancel) => sight.FindAsync(Act, Id, cancel);

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(
        () => desk.RaiseAsync(
            Act, Id, Kind ?? throw Refusals.Invalid("Please say what it is about."), Fields.Optional(Note, "note", 1000), cancel),
        "/?said=reported", cancel);
}
