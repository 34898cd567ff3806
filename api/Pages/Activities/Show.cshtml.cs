using Microsoft.AspNetCore.Mvc;
using PhotoGuard.Api.SignIn;
using PhotoGuard.Records.Activities;
using PhotoGuard.Records.Clearance;
using PhotoGuard.Records.Devices;
using PhotoGuard.Records.NeedToKnow;
using PhotoGuard.Records.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Api.Pages.Activities;

/// <summary>One activity, its approval and its pictures.</summary>
public sealed class ActivityPage(ActivityDesk desk, UploadTerms terms, UploadGrants grants, PhotoList list, RenditionList renditions) : PlainPage
{
    private const int Most = 60;
    private ILookup<Guid, ObjectKind> ready = null!;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    [BindProperty]
    public Approval? Decision { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    public ActivityState Shown { get; private set; } = null!;
    public IReadOnlyList<PhotoStanding> Photos { get; private set; } = [];

    /// <summary>Where the next pictures begin; null where there are no more.</summary>
    public Guid? Next { get; private set; }

    /// <summary>Who would be refused is not offered the form; the operation asks again.</summary>
    public bool MayDecide => Rights.ApproveActivity.Allows(Act.By, ActivityDesk.RelationTo(Act.By, Shown.Activity));

    public bool MaySend => Shown.Approval == Approval.Approved && Rights.SendPhoto.Allows(Act.By);

    /// <summary>Whether pictures of other cameras are taken where the sender attests that no copy stays there (P5).</summary>
    public bool AsksAttestation { get; private set; }

    /// <summary>On a device: the word by which sending goes on when the person is signed out.</summary>
    public string? Grant { get; private set; }

    public bool IsReady(PhotoStanding photo) => ready[photo.Photo.Id].Contains(ObjectKind.Thumb);

    protected override async Task LoadAsync(CancellationToken cancel)
    {
        Shown = await desk.ShowAsync(Act, Id, cancel);
        AsksAttestation = MaySend && await terms.OtherCamerasAsync(Act, cancel) == OtherCameras.Attest;
        if (MaySend) Grant = (await grants.BeginAsync(Act, Id, SessionCookie.ReadBrowser(Request), cancel))?.Word;
        var photos = await list.ReadAsync(Act, Id, null, After, Most + 1, cancel);
        Next = photos.Count > Most ? photos[Most - 1].Photo.Id : null;
        Photos = [.. photos.Take(Most)];
        ready = await renditions.ReadyAsync([.. Photos.Select(photo => photo.Photo.Id)], cancel);
    }

    public Task<IActionResult> OnPostAsync(CancellationToken cancel) => DoAsync(async () =>
    {
        var decision = Decision ?? throw Refusals.Invalid("Please choose: approve or decline.");
        await desk.DecideAsync(Act, Id, decision, Note, cancel);
        return $"/activities/{Id}?said={Words.Of(decision)}";
    }, cancel);
}
