using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.Publication;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Removals;

/// <summary>What still has to disappear from where (P4).</summary>
public sealed class RemovalsPage(RemovalList list, Records.Removal.Removals removals) : PlainPage
{
    private const int Most = 100;

    [BindProperty]
    public Guid? Id { get; set; }

    [BindProperty]
    public string? Proof { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    public IReadOnlyList<RemovalState> Outside { get; private set; } = [];
    public IReadOnlyList<RemovalState> Ours { get; private set; } = [];
    public Guid? More { get; private set; }

    /// <summary>Where the copy is, in words.</summary>
    public static string Where(RemovalState removal) => removal.Publication switch
    {
        null => "a place that is not known",
        { Kind: PublicationKind.Download } => "downloaded by a person",
        { Kind: PublicationKind.Pull } => "fetched by a program",
        { Place: var place } => place?.Text ?? "",
    };

    /// <summary>Only addresses of web pages become links.</summary>
    public static bool IsLink(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "https" or "http");

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        var open = await list.ReadAsync(Act, "open", After, Most + 1, cancel);
        More = open.Count > Most ? open[Most - 1].Order.Id : null;
        var shown = open.Take(Most).OrderBy(it => it.Order.OpenedAt).ToLookup(it => it.Order.Place);
        Outside = [.. shown[RemovalPlace.Publication]];
        Ours = [.. shown[RemovalPlace.Store]];
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(
        () => removals.MarkDoneAsync(Act, Id ?? Guid.Empty, Fields.Needed(Proof, "what you saw", 1000), cancel), "/removals?said=down", cancel);
}
