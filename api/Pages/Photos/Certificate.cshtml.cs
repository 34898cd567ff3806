using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Removal;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Photos;

/// <summary>The proof that our own copy is gone, or that it is not yet.</summary>
public sealed class CertificatePage(RemovalList list, SchoolZone zone) : PlainPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Null where there is none (yet).</summary>
    public Certificate? Shown { get; private set; }

    public TimeZoneInfo Zone { get; private set; } = null!;

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Rights.SeeCertificate.Must(Act.By);
        Zone = await zone.OfAsync(Act, cancel);
        try
        {
            Shown = await list.CertificateAsync(Act, Id, cancel);
        }
        catch (Refusal none) when (none.Type == "no-certificate")
        {
            // Said on the page: whoever erased a picture comes here at once.
        }
    }
}
